"""What the user's words mean: frozen values and pure methods, standard library only."""
