"""The verifier: reads SOURCE and copy with readers of its own and holds the copy to its promises."""

from masker.callable_package import make_callable

make_callable(__name__)
