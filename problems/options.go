package problems

// Options say which problems of a file are read and what becomes of bad rows. The zero value reads all of a file that
// has no bad row.
type Options struct {
	Fields  Fields      // where statement, answer and id stand, if not in the fields that are known
	Filter  *Filter     // nil takes every problem
	Limit   int         // the most problems to read; 0 reads all
	Shuffle bool        // put them in an order that Seed decides, before Limit counts
	Seed    uint64      // of Shuffle
	Warn    func(error) // is told of the first bad rows and how many follow, and the others are read; nil makes them an error
}
