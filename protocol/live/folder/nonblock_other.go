//go:build !unix

package folder

// nonblock is nothing where opening a file cannot wait.
const nonblock = 0
