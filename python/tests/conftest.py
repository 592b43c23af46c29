"""Before the extension is built, the modules around it can be tested with Keras in its place."""

try:
    import cornu._core  # noqa: F401
except ImportError:
    import keras_shim

    keras_shim.install()
