package kernels

// MulRow is y[r,i] *= by[i].
func (*Reference) MulRow(y View, rows int, by Buffer) {
	y.Check("mulrow", "y", rows, by.Len())
	for r := range rows {
		for i, v := range y.row(r, by.Len()) {
			y.row(r, by.Len())[i] = v * by.(Vector)[i]
		}
	}
}

// AddRow is y[r,i] += b[i].
func (*Reference) AddRow(y View, rows int, b Buffer) {
	y.Check("addrow", "y", rows, b.Len())
	for r := range rows {
		for i, v := range y.row(r, b.Len()) {
			y.row(r, b.Len())[i] = v + b.(Vector)[i]
		}
	}
}

// Gate is y[r,i] *= silu(z[r,i]).
func (*Reference) Gate(y, z View, rows, n int) {
	y.Check("gate", "y", rows, n)
	z.Check("gate", "z", rows, n)
	for r := range rows {
		yr := y.row(r, n)
		for i, v := range z.row(r, n) {
			yr[i] = float32(float64(yr[i]) * silu(float64(v)))
		}
	}
}

// SquaredReLU is y[r,i] = max(y[r,i], 0)^2 (arXiv 2109.08668).
func (*Reference) SquaredReLU(y View, rows, n int) {
	y.Check("squaredrelu", "y", rows, n)
	for r := range rows {
		yr := y.row(r, n)
		for i, v := range yr {
			v = max(v, 0)
			yr[i] = v * v
		}
	}
}
