"""The commands of `slm`, a module for each group: options -> the flow -> print problems -> exit code."""
