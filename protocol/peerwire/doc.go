// Package peerwire turns the messages of the BitTorrent peer protocol into bytes and back.
package peerwire
