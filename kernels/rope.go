package kernels

import "math"

// Rope is the table of rotary embeddings (arXiv 2104.09864) of one head size and base, grown as positions are asked
// for. The angles are computed in float64 and their cosines and sines rounded once to float32. The zero value is empty.
type Rope struct {
	headDim int
	theta   float64
	cosSin  []float32 // [position][HeadDim]: HeadDim/2 cosines, then HeadDim/2 sines
}

// Grow makes the table cover the positions below n. A change of head size or base starts it anew.
func (t *Rope) Grow(shape AttentionShape, n int) {
	if t.headDim != shape.HeadDim || t.theta != shape.RopeTheta {
		*t = Rope{headDim: shape.HeadDim, theta: shape.RopeTheta}
	}
	half := t.headDim / 2
	for pos := len(t.cosSin) / t.headDim; pos < n; pos++ {
		at := len(t.cosSin)
		t.cosSin = append(t.cosSin, make([]float32, t.headDim)...)
		for k := range half {
			angle := float64(pos) * math.Pow(t.theta, -2*float64(k)/float64(t.headDim))
			t.cosSin[at+k] = float32(math.Cos(angle))
			t.cosSin[at+half+k] = float32(math.Sin(angle))
		}
	}
}

// Rotate writes the head x, rotated by position pos, to y. The table must cover pos. The conversions forbid fused
// multiply-adds, so that processors with and without them cache the same keys.
func (t *Rope) Rotate(y, x []float32, pos int) {
	half := t.headDim / 2
	row := t.cosSin[pos*t.headDim : (pos+1)*t.headDim]
	cos, sin := row[:half], row[half:]
	x1, x2 := x[:half], x[half:t.headDim]
	y1, y2 := y[:half], y[half:t.headDim]
	for k := range cos {
		a, b := x1[k], x2[k]
		y1[k] = float32(a*cos[k]) - float32(b*sin[k])
		y2[k] = float32(b*cos[k]) + float32(a*sin[k])
	}
}
