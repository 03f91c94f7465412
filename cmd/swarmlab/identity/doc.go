// Package identity draws and reads the 20 bytes that real nodes and torrents are known by.
package identity
