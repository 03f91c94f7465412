// Package claim takes folders and files on the disk for one running program alone.
//
// Take makes a folder for results and holds it before the work begins; Discard undoes that where
// the work came to nothing. Lock holds an open file.
package claim
