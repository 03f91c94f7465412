// Package endpoint reads the addresses that a user names as HOST:PORT, and finds those that a real
// node listens at and enters a network by. An endpoint that is wrong is refused, with the flag that
// it was given for; an error of the network can be told without whom was asked for what.
package endpoint
