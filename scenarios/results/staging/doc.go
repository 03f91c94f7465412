// Package staging puts files into a folder so that they appear whole or not at all, whatever ends
// the program.
//
// [New] begins a [Set]: its files are written beside their places, under names that begin with
// [TempPrefix], and are on the disk when Add returns. [Set.Commit] moves them all; until then what
// was there before stays as it is. Whoever begins a set calls [Set.Abandon] in the end, which
// removes what was not moved. [Replace] and its kin are sets of one file. What a killed program
// left is removed by [RemoveUnfinished], by whoever owns the folder.
package staging
