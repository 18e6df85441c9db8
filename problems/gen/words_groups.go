package gen

// This file has stories of equal groups. Their quantities are
//
//	each 6, groups 7, all ?

// drawGroups draws {groups} of {each} {items}, {all} together, in containers {box} or {boxes}.
func (s *story) drawGroups() (groups, each int64) {
	s.persons("A", "B")
	s.item(anything...)
	s.noun("box", "boxes", pick(s.r, containers...))
	groups, each = s.few(), s.count()
	if s.r.IntN(2) == 0 {
		groups, each = each, groups
	}
	s.num("groups", groups)
	s.num("each", each)
	s.num("all", groups*each)
	s.num("aside", s.count())
	return groups, each
}

func equalGroups(s *story) (string, Dec) {
	groups, each := s.drawGroups()
	switch s.r.IntN(4) {
	case 0:
		s.note("all {all}, groups {groups}, each ?")
		return pick(s.r,
			"{A} [put|placed|packed|sorted] {all} {items} into {groups} {boxes}, the same number in each. "+
				"how many {items} are in each {box}?",
			"{A} shared {all} {items} [equally |]among {groups} friends[| so that all got the same number]. "+
				"how many {items} did each friend get?",
			"there are {all} {items} in {groups} {boxes}. if every {box} has the same number of {items}{how} many "+
				"are in each {box}?",
			"if {all} {items} are [divided|split] equally among {groups} children{how} many does each child get?",
			"the {all} {items} in {A}'s collection are organized into {groups} groups. how big is each group?",
			"{all} {items} in {groups} equal {boxes}, how many in each {box}?",
		), Int(s.div(groups*each, groups))
	case 1:
		s.note("all {all}, each {each}, groups ?")
		return pick(s.r,
			"{A} has {all} {items}[| and {aside} stickers]. {he} puts {each} {items} in each {box}. "+
				"how many {boxes} does {he} need?",
			"{A} [put|placed] {items} into {boxes} with {each} {items} in each {box}. "+
				"if {he} had {all} {items}{how} many {boxes} did {he} fill?",
			"each {box} holds {each} {items}. how many {boxes} are needed for {all} {items}?",
			"{A} wants to split {all} {items} into groups of {each}. how many groups will there be?",
			"{A} gave {each} {items} to each of {his} friends. {he} gave out {all} {items}. "+
				"how many friends got {items}?",
		), Int(s.div(groups*each, each))
	}
	s.note("each {each}, groups {groups}, all ?")
	return pick(s.r,
		"{A} has {groups} {boxes} with {each} {items} in each[| {box}]. "+
			"how many {items} does {A} have[| altogether| in all| in total]?",
		"there are {each} {items} in each {box}. how many {items} are in {groups} {boxes}?",
		"each {box} [has|holds|contains] {each} {items}. {A} [has|bought|filled] {groups} "+
			"{boxes}[| and {aside} bags]. how many {items} is that[| in all]?",
		"{A} gave {each} {items} to each of {his} {groups} friends. how many {items} did {he} give away?",
		"if there are {groups} {boxes} and each {box} has {each} {items}{how} many {items} are there "+
			"[in all|in total|altogether]?",
		"{groups} {boxes}, {each} {items} in each, how many {items}?",
		"{groups} children have {each} {items} each. how many {items} do they have [altogether|in total]?",
	), Int(s.mul(groups, each))
}

// mixedGroups has two kinds of things in each group.
func mixedGroups(s *story) (string, Dec) {
	s.persons("A", "B")
	s.twoKinds()
	s.noun("box", "boxes", pick(s.r, containers...))
	groups, x, y := s.few(), s.few(), s.few()
	s.num("groups", groups)
	s.num("x", x)
	s.num("y", y)
	body := "[{A} has|there are] {groups} {boxes}. each {box} [has|holds|contains] {x} {k1} and {y} {k2}. "
	switch s.r.IntN(3) {
	case 0:
		s.note("each {x}+{y}, groups {groups}, all ?")
		return body + "how many {items} are there [altogether|in all|in total]?", Int(s.mul(s.add(x, y), groups))
	case 1:
		s.note("each {x}+{y}, one ?")
		return body + "how many {items} are in each {box}?", Int(s.add(x, y))
	}
	s.note("{k1}: each {x}, groups {groups}, all ?")
	return body + "how many {k1} are there [altogether|in all|in total|in the {boxes}]?", Int(s.mul(x, groups))
}

// leftover has groups that do not come out even.
func leftover(s *story) (string, Dec) {
	s.persons("A")
	s.item(anything...)
	s.noun("box", "boxes", pick(s.r, containers...))
	each := 1 + s.few()
	rest := s.some(each)
	groups := s.few()
	all := each*groups + rest
	s.num("all", all)
	s.num("each", each)
	switch s.r.IntN(4) {
	case 0:
		s.note("all {all}, each {each}, full groups ?")
		q, _ := s.divMod(all, each)
		return "{A} puts {all} {items} into {boxes} of {each}. " +
			"how many [full {boxes}|{boxes} can {he} fill completely]?", Int(q)
	case 1:
		s.note("all {all}, each {each}, groups for all ?")
		q, _ := s.divMod(all, each)
		return pick(s.r,
			"{A} has {all} {items}. each {box} holds [at most |up to ]{each}. "+
				"how many {boxes} does {he} need for all of them?",
			"a van can carry {each} people. how many vans are needed for {all} people?",
			"each table seats {each} guests. how many tables are needed to seat all {all} guests?",
		), Int(s.add(q, 1))
	}
	s.note("all {all}, each {each}, rest ?")
	_, r := s.divMod(all, each)
	return pick(s.r,
		"{A} packs {all} {items} into {boxes} of {each}. how many {items} are left over?",
		"{A} shares {all} {items} equally among {each} friends and keeps the rest. how many does {A} keep?",
		"if {all} {items} are divided equally among {each} children{how} many are left over?",
	), Int(r)
}

// groupsChange has a step before or after the grouping.
func groupsChange(s *story) (string, Dec) {
	groups, each := s.drawGroups()
	all := groups * each
	extra := s.count()
	s.num("more", extra)
	s.num("had", all+extra)
	switch s.r.IntN(4) {
	case 0:
		s.note("had {had}, out {more}, groups {groups}, each ?")
		return "{A} had {had} {items}. {he} [threw away|ate|lost|kept|sold] {more} and put the rest " +
			"[equally |evenly ]into {groups} {boxes}. how many {items} are in each " +
			"{box}?", Int(s.div(s.sub(all+extra, extra), groups))
	case 1:
		s.note("had {had}, out {more}, each {each}, groups ?")
		return "{A} had {had} {items}. after {he} [gave away|used|sold] {more}, {he} put the others into {boxes} " +
				"of {each}. how many {boxes} did {he} fill?",
			Int(s.div(s.sub(all+extra, extra), each))
	case 2:
		s.note("each {each}, groups {groups}, in {more}, all ?")
		return "{A} has {groups} {boxes} with {each} {items} in each and {more} [more|loose|other] {items}. " +
				"how many {items} does {he} have [in all|altogether]?",
			Int(s.add(s.mul(groups, each), extra))
	}
	out := s.some(all)
	s.num("out", out)
	s.note("each {each}, groups {groups}, out {out}, now ?")
	return pick(s.r,
		"{A} [bought|had] {groups} {boxes} of {items} with {each} [|{items} ]in each. "+
			"{he} [used|gave away|sold] {out} {items}. how many are left?",
		"each {box} had {each} {items} and {A} bought {groups} {boxes}. "+
			"if {he} uses only {out} {items}{how} many will be left?",
	), Int(s.sub(s.mul(groups, each), out))
}
