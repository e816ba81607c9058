"""Small protocols that textbooks open with, complete and on tiny fields: made to be enumerated
whole.

Not for use in scenarios: the families beside this folder are.
"""
