package curve

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"text/template"
)

// A Page is a report: one HTML file, without scripts, that refers to no other and can be printed. It follows the reader's
// choice of a light or dark background; figures stay on white.
type Page struct {
	Title    string
	Lead     string // what the reader should know first; may be empty
	Sections []Section
	Notes    []string // at the end, in small print
}

// A Section is shown in the order of its fields. Each may be empty.
type Section struct {
	Heading    string
	Paragraphs []string
	Figures    []Figure
	Tables     []Table
	Notes      []string // in small print
}

// A Table has rows of one cell a column, which come as text.
type Table struct {
	Caption string
	Columns []Column
	Rows    [][]string
}

// A Column of a Table. Numbers belong on the right.
type Column struct {
	Head  string
	Right bool
}

//go:embed page.html
var pageText string

// pageTemplate escapes by itself what it inserts: all of that is text between tags. html/template would find that out and is
// 0.2 MB of the program.
var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{"svg": Figure.svg}).Parse(pageText))

// WriteHTML writes the page, or nothing if a figure or a table is wrong.
func (p Page) WriteHTML(w io.Writer) error {
	for _, s := range p.Sections {
		for _, t := range s.Tables {
			for i, row := range t.Rows {
				if len(row) != len(t.Columns) {
					return fmt.Errorf("table %q: row %d has %d cells for %d columns", t.Caption, i+1, len(row), len(t.Columns))
				}
			}
		}
	}
	var page bytes.Buffer
	if err := pageTemplate.Execute(&page, p); err != nil {
		return fmt.Errorf("lay out page %q: %w", p.Title, err)
	}
	if _, err := page.WriteTo(w); err != nil {
		return fmt.Errorf("write page %q: %w", p.Title, err)
	}
	return nil
}
