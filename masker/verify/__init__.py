"""The verifier: reads SOURCE and copy with readers of its own and holds the copy to its promises."""
