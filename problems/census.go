package problems

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// A census knows which fields the rows of a file have, to tell a misspelt name from a field that a row just lacks.
type census struct {
	missing map[string]bool // names that are asked for and have not been seen
	seen    map[string]bool
}

func newCensus(o Options) *census {
	c := &census{map[string]bool{}, map[string]bool{}}
	asked := []string{o.Fields.Statement, o.Fields.Answer, o.Fields.ID}
	if o.Filter != nil {
		asked = append(asked, o.Filter.names...)
	}
	for _, name := range asked {
		if name != "" {
			c.missing[name] = true
		}
	}
	return c
}

// count takes the fields of a row.
func (c *census) count(v values) {
	const most = 100 // names that are kept to be listed
	for name := range v {
		delete(c.missing, name)
		if len(c.seen) < most && !c.seen[name] {
			c.seen[name] = true
		}
	}
}

// err reports a name that no row has.
func (c *census) err() error {
	if len(c.seen) == 0 {
		return nil // there were no rows to look for it
	}
	if misspelt := slices.Sorted(maps.Keys(c.missing)); len(misspelt) > 0 {
		return fmt.Errorf("no row has a field %q: the fields are %s", misspelt[0], listed(maps.Keys(c.seen)))
	}
	return nil
}

// listed writes names in alphabetical order, as far as a line has room.
func listed(names iter.Seq[string]) string {
	const most = 12
	all := slices.Sorted(names)
	var b strings.Builder
	for i, name := range all[:min(most, len(all))] {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%.40q", name)
	}
	if len(all) > most {
		b.WriteString(", ...")
	}
	return b.String()
}
