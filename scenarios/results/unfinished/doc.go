// Package unfinished keeps the finished runs of an experiment that is under way, so that nothing is
// lost whatever ends the program: the same command finds them, and writes the same files in the
// end.
//
// [Open] takes hold of a results folder and looks at what is there. Then the lab asks [Store.Find]
// for each run before it does it, and calls [Store.Put] or [Store.PutFailure] after that. A run
// that is stored is returned without its rows; who asks it for them has them from its file. When
// the results are written, [Store.Discard] removes the runs, and [Store.Close] lets others have the
// folder.
//
// Each run is a file of its own in [Folder], HASH.run, named by all that it is a function of: the
// scenario of its cell, the files that the scenario reads, the seed, and this build of the program.
// What kept a run from its end is HASH.failed. A file that cannot be read is put aside as
// HASH.run.damaged, and its run is done again. Inside, behind one line that names the form, are
// sections, each with its length and a hash, so that one kind of rows is read without the others.
package unfinished
