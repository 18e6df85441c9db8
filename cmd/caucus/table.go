package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/clipperhouse/displaywidth"
	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
	"golang.org/x/term"
)

// A place is where a column's cells stand.
type place int

// The places. What is spare stands on the right, and is left out where a terminal is too narrow for the table.
const (
	left place = iota
	right
	spare
)

// A column of a table: its heading and where its cells stand.
type column struct {
	head  string
	place place
}

// table writes rows under a heading, as they are: cells come formatted, so that every digit shown is ours. On a terminal that
// is too narrow, spare columns are left out, from the right, and named below.
func table(w io.Writer, columns []column, rows [][]string) error {
	room := terminalWidth(w)
	text, err := layOut(columns, rows)
	var missing []string
	for i := len(columns) - 1; err == nil && i >= 0 && room > 0 && widthOf(text) > room; i-- {
		if columns[i].place == spare {
			missing = append([]string{columns[i].head}, missing...)
			columns, rows = lessColumn(columns, rows, i)
			text, err = layOut(columns, rows)
		}
	}
	if err != nil {
		return fmt.Errorf("lay out a table: %w", err)
	}
	if len(missing) > 0 {
		text += fmt.Sprintf(" the terminal is too narrow for: %s\n", strings.Join(missing, ", "))
	}
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("write a table: %w", err)
	}
	return nil
}

// terminalWidth is how many characters a line of a terminal has; 0 for what is none or does not tell.
func terminalWidth(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// widthOf is the width of a text's widest line.
func widthOf(text string) (widest int) {
	for line := range strings.Lines(text) {
		widest = max(widest, displaywidth.String(strings.TrimRight(line, "\n")))
	}
	return widest
}

// lessColumn leaves a column out.
func lessColumn(columns []column, rows [][]string, i int) ([]column, [][]string) {
	fewer := make([][]string, len(rows))
	for j, row := range rows {
		fewer[j] = slices.Delete(slices.Clone(row), i, i+1)
	}
	return slices.Delete(slices.Clone(columns), i, i+1), fewer
}

func layOut(columns []column, rows [][]string) (string, error) {
	heads, aligns := make([]string, len(columns)), make([]tw.Align, len(columns))
	for i, c := range columns {
		heads[i], aligns[i] = c.head, tw.AlignRight
		if c.place == left {
			aligns[i] = tw.AlignLeft
		}
	}
	var text bytes.Buffer
	t := tablewriter.NewTable(&text,
		tablewriter.WithConfig(tablewriter.Config{ // first, because it resets what earlier options set
			Header: tw.CellConfig{
				Formatting: tw.CellFormatting{AutoFormat: tw.Off}, // "pass@1" stays as it is written
				Alignment:  tw.CellAlignment{PerColumn: aligns},
			},
			Row: tw.CellConfig{
				Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone},
				Alignment:  tw.CellAlignment{PerColumn: aligns},
			},
		}),
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Symbols:  tw.NewSymbols(tw.StyleASCII),
			Borders:  tw.BorderNone,
			Settings: tw.Settings{Separators: tw.Separators{BetweenColumns: tw.Off}},
		})),
		tablewriter.WithEastAsian(tw.Off), // widths must not depend on the locale
	)
	t.Header(heads)
	if err := t.Bulk(rows); err != nil {
		return "", err
	}
	if err := t.Render(); err != nil {
		return "", err
	}
	return text.String(), nil
}
