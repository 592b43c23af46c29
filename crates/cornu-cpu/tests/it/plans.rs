//! What plans promise beyond single operations.
