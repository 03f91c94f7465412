// Package manifest is manifest.json, the file that vouches for the others of a folder: what ran,
// when and where. It is the only one beside the figures that knows the time of day, and whoever
// writes the folder writes it last.
package manifest
