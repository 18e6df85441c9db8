package kernels

import "math"

// Rope says how queries and keys are rotated by their positions (arXiv 2104.09864): element k < Dim/2 of a head and
// element k+Dim/2 by the angle pos*Theta^(-2k/Dim), halves together as in GPT-NeoX. The zero value rotates nothing.
type Rope struct {
	Dim     int     // the first elements of a head, an even number
	Theta   float64 // base of the frequencies
	Scaling RopeScaling
}

// RopeScaling is Llama 3's stretching of the rotary embedding: a frequency whose wave is longer than Original/Low positions
// is divided by Factor, one whose wave is shorter than Original/High is kept, and between them both are mixed. The zero
// value keeps all.
type RopeScaling struct {
	Factor, Low, High float64
	Original          float64 // positions that the model had learned before
}

// frequency is the angle by which position 1 rotates pair k.
func (r Rope) frequency(k int) float64 {
	f := math.Pow(r.Theta, -2*float64(k)/float64(r.Dim))
	s := r.Scaling
	if s.Factor == 0 {
		return f
	}
	waves := s.Original * f / (2 * math.Pi) // in the learned positions
	kept := min(max((waves-s.Low)/(s.High-s.Low), 0), 1)
	return (1-kept)*f/s.Factor + kept*f
}

// RopeTable is the cosines and sines of one Rope, grown as positions are asked for. The angles are computed in float64
// and rounded once to float32. The zero value is empty.
type RopeTable struct {
	rope   Rope
	len    int
	cosSin []float32 // [position][Dim]: Dim/2 cosines, then Dim/2 sines
}

// Grow makes the table cover the positions below n. Another Rope starts it anew.
func (t *RopeTable) Grow(rope Rope, n int) {
	if t.rope != rope {
		*t = RopeTable{rope: rope}
	}
	half := rope.Dim / 2
	for ; t.len < n; t.len++ {
		at := len(t.cosSin)
		t.cosSin = append(t.cosSin, make([]float32, rope.Dim)...)
		for k := range half {
			angle := float64(t.len) * rope.frequency(k)
			t.cosSin[at+k] = float32(math.Cos(angle))
			t.cosSin[at+half+k] = float32(math.Sin(angle))
		}
	}
}

// Rotate writes the head x, rotated by position pos, to y. The table must cover pos. The conversions forbid fused
// multiply-adds, so that processors with and without them cache the same keys.
func (t *RopeTable) Rotate(y, x []float32, pos int) {
	dim := t.rope.Dim
	half := dim / 2
	row := t.cosSin[pos*dim : (pos+1)*dim]
	cos, sin := row[:half], row[half:]
	x1, x2 := x[:half], x[half:dim]
	y1, y2 := y[:half], y[half:dim]
	for k := range cos {
		a, b := x1[k], x2[k]
		y1[k] = float32(a*cos[k]) - float32(b*sin[k])
		y2[k] = float32(b*cos[k]) + float32(a*sin[k])
	}
	copy(y[dim:], x[dim:])
}

// CosSin is the table, [position][Dim], of Dim/2 cosines and then as many sines, for an Ops that rotates elsewhere.
func (t *RopeTable) CosSin() []float32 { return t.cosSin }
