//! Conformance tools: command line, rebuild of a hop.
