"""Keys and the primitives that shape output: HKDF, AES-CMAC, FF1, keyed permutations, Ed25519. Nothing home-made."""
