package main

import (
	"fmt"
	"io"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// left and right are a column's alignment.
const left, right = tw.AlignLeft, tw.AlignRight

// A column of a table: its heading and where its cells stand.
type column struct {
	head  string
	align tw.Align
}

// table writes rows under a heading, as they are: cells come formatted, so that every digit shown is ours.
func table(w io.Writer, columns []column, rows [][]string) error {
	heads, aligns := make([]string, len(columns)), make([]tw.Align, len(columns))
	for i, c := range columns {
		heads[i], aligns[i] = c.head, c.align
	}
	t := tablewriter.NewTable(w,
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
		return fmt.Errorf("lay out a table: %w", err)
	}
	if err := t.Render(); err != nil {
		return fmt.Errorf("write a table: %w", err)
	}
	return nil
}
