package curve

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"

	"gonum.org/v1/plot/vg/vgimg"
)

// dotsPerInch make a PNG 1654 by 1063 pixels.
const dotsPerInch = 300

// WritePNG writes the figure as pixels, 300 to the inch.
func (f Figure) WritePNG(w io.Writer) error {
	f = f.plain()
	if err := f.check(); err != nil {
		return fmt.Errorf("draw %q: %w", f.name(), err)
	}
	canvas := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dotsPerInch))
	f.draw(canvas)
	var written bytes.Buffer
	if _, err := (vgimg.PngCanvas{Canvas: canvas}).WriteTo(&written); err != nil {
		return fmt.Errorf("encode %q as PNG: %w", f.name(), err)
	}
	if _, err := w.Write(withResolution(written.Bytes())); err != nil {
		return fmt.Errorf("write %q as PNG: %w", f.name(), err)
	}
	return nil
}

// withResolution adds how many pixels a PNG has to the meter, which the encoder leaves out. A document would otherwise show
// it four times as large. The chunk (PNG specification, 11.3.4.3) may stand behind the first, which is the header.
func withResolution(png []byte) []byte {
	const header = 8 + 4 + 4 + 13 + 4 // signature; length, type, data and checksum
	perMeter := uint32(math.Round(dotsPerInch / 0.0254))
	data := []byte("pHYs")
	data = binary.BigEndian.AppendUint32(data, perMeter)
	data = binary.BigEndian.AppendUint32(data, perMeter)
	data = append(data, 1) // the unit is the meter
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(data)-4))
	chunk = binary.BigEndian.AppendUint32(append(chunk, data...), crc32.ChecksumIEEE(data))
	return bytes.Join([][]byte{png[:header], chunk, png[header:]}, nil)
}
