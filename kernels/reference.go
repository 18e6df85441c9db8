package kernels

// Reference computes every operation by the loop that defines it, one value at a time. Sums and transcendental
// functions are float64, so that it is the more exact side of a comparison; what is stored is float32.
type Reference struct {
	precision Precision
	rope      RopeTable
}

var _ Ops = (*Reference)(nil)

// NewReference returns the specification of [Ops] as an implementation of it, which keeps everything as it is stored.
func NewReference() Ops { return NewReferenceOf(Precision{}) }

// NewReferenceOf is NewReference for a precision.
func NewReferenceOf(p Precision) Ops { return &Reference{precision: p.WithDefaults()} }

// Name returns "reference".
func (*Reference) Name() string { return "reference" }

// Precision is what it was made with.
func (ref *Reference) Precision() Precision { return ref.precision }

// Close has nothing to free.
func (*Reference) Close() {}

// Vector is a [Buffer] in ordinary memory.
type Vector []float32

// Len is the number of values.
func (v Vector) Len() int { return len(v) }

// NewBuffer returns n zeros.
func (*Reference) NewBuffer(n int) Buffer { return make(Vector, n) }

// Upload copies src to dst[off:].
func (*Reference) Upload(dst Buffer, off int, src []float32) {
	copy(dst.(Vector)[off:off+len(src)], src)
}

// Download copies src[off:] to dst, which it fills.
func (*Reference) Download(dst []float32, src Buffer, off int) {
	copy(dst, src.(Vector)[off:off+len(dst)])
}

// row returns row r of a view on a Vector, n wide.
func (v View) row(r, n int) []float32 {
	from := v.Off + r*v.Stride
	return v.Buf.(Vector)[from : from+n]
}
