package curve

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// WriteSVG writes the figure as a vector graphic whose text stays text.
func (f Figure) WriteSVG(w io.Writer) error {
	svg, err := f.svg()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+svg); err != nil {
		return fmt.Errorf("write %q as SVG: %w", f.name(), err)
	}
	return nil
}

// svg is the figure's element, which can stand in HTML too.
func (f Figure) svg() (string, error) {
	f = f.plain()
	if err := f.check(); err != nil {
		return "", fmt.Errorf("draw %q: %w", f.name(), err)
	}
	canvas := vgsvg.New(width, height)
	f.draw(canvas)
	var written bytes.Buffer
	if _, err := canvas.WriteTo(&written); err != nil {
		return "", fmt.Errorf("write %q as SVG: %w", f.name(), err)
	}
	_, body, found := strings.Cut(written.String(), `xlink">`)
	if !found {
		return "", errors.New("write SVG: the canvas does not begin as it used to")
	}
	return f.opening() + fontless.Replace(body), nil
}

// opening is the element's tag, with a size for what shows the picture alone and the title for those who cannot see it.
func (f Figure) opening() string {
	name := html.EscapeString(f.name())
	text := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="%s" width="%.0fmm" height="%.0fmm" `+
		`viewBox="0 0 %.5g %.5g" font-family="'Liberation Sans', Arial, Helvetica, sans-serif">`+"\n<title>%s</title>",
		name, width/vg.Millimeter, height/vg.Millimeter, width.Points(), height.Points(), name)
	if f.Caption != "" {
		text += "\n<desc>" + html.EscapeString(f.Caption) + "</desc>"
	}
	return text
}

// fontless takes the font out of each text, because the whole picture has it already.
var fontless = strings.NewReplacer(
	`style="font-family:Liberation Sans;font-variant:normal;font-weight:normal;font-style:normal;`, `style="`,
	`style="font-family:Liberation Sans;font-variant:normal;font-weight:bold;font-style:normal;`, `style="font-weight:bold;`,
)

// plain has no characters in its texts that XML forbids.
func (f Figure) plain() Figure {
	for _, text := range []*string{&f.Title, &f.Caption, &f.X.Label, &f.Y.Label} {
		*text = plain(*text)
	}
	series := make([]Series, len(f.Series))
	for i, s := range f.Series {
		s.Name = plain(s.Name)
		series[i] = s
	}
	f.Series = series
	return f
}

func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case r == 0xfffe || r == 0xffff:
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
}
