"""Results to contexts: one frozen value per document, holding all that its template may see."""
