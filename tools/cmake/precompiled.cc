// The one translation unit that the shared precompiled headers are built with.
