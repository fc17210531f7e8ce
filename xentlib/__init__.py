"""Entropy, cross-entropy and codes, in bits."""
