// Package made makes up runs for tests of those who read, write and store them.
package made
