"""What the named checks run: one module a subject, each function one named check's ensembles."""
