package kernels

import "fmt"

// Source is a weight matrix [Out, In] where it comes from, to be read row by row.
type Source struct {
	Out, In int
	Stored  Format // F32, F16 or BF16: what holds its values exactly; zero stands for F32
	// Row writes row o to to, which has In values. Several goroutines may call it at once.
	Row func(to []float32, o int)
	// Made says that the values are made up. An Ops may then make up others, where the matrix shall be, and read no row.
	Made Made
}

// Made describes values that are made up for measurements, where nothing depends on which they are: evenly spread around 0.
// The zero value is for those that matter.
type Made struct {
	Deviation float32
	Seed      uint64 // equal ones are of equal matrices
}

// Dense is the source of a matrix in memory, row-major.
func Dense(w []float32, out, in int) Source {
	if out < 1 || in < 1 || len(w) != out*in {
		panic(fmt.Sprintf("kernels: %d values are no matrix [%d, %d]", len(w), out, in))
	}
	return Source{Out: out, In: in, Stored: F32, Row: func(to []float32, o int) { copy(to, w[o*in:(o+1)*in]) }}
}

// Stack is matrices of equally many inputs as one, each below the one before.
func Stack(parts ...Source) Source {
	all := Source{In: parts[0].In, Stored: parts[0].Stored, Made: parts[0].Made}
	for _, p := range parts {
		if p.In != all.In {
			panic(fmt.Sprintf("kernels: a matrix of %d inputs below one of %d", p.In, all.In))
		}
		all.Out += p.Out
		if p.Stored != all.Stored {
			all.Stored = F32
		}
		if p.Made.Deviation != all.Made.Deviation {
			all.Made = Made{}
		}
	}
	all.Row = func(to []float32, o int) {
		i := 0
		for ; o >= parts[i].Out; i++ {
			o -= parts[i].Out
		}
		parts[i].Row(to, o)
	}
	return all
}

// Rows is n rows of a matrix, from a row on.
func (s Source) Rows(from, n int) Source {
	if from == 0 && n == s.Out {
		return s
	}
	if from < 0 || n < 1 || from+n > s.Out {
		panic(fmt.Sprintf("kernels: rows %d to %d of a matrix of %d", from, from+n, s.Out))
	}
	read := s.Row
	s.Made.Seed += uint64(from)
	s.Out, s.Row = n, func(to []float32, o int) { read(to, from+o) }
	return s
}
