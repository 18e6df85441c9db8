package gen

// This file has stories about percentages: p% of a number is number*p/100.

// percentage returns p and a number of which p% is whole.
func (s *story) percentage() (p, whole int64) {
	p = pick[int64](s.r, 5, 10, 10, 15, 20, 20, 25, 25, 30, 40, 50, 60, 70, 75, 80, 90)
	if s.r.Float64() < s.level/3 {
		p = 1 + s.r.Int64N(99)
	}
	whole = pick[int64](s.r, 10, 10, 100) * s.few()
	if p*whole%100 != 0 {
		whole = 100 * s.few()
	}
	return p, whole
}

func percentOf(s *story) (string, Dec) {
	p, whole := s.percentage()
	one, other := s.crowd()
	s.set("k1", one)
	s.set("k2", other)
	s.figures("p", p)
	s.num("whole", whole)
	if s.r.IntN(2) == 0 {
		s.note("{p}% of {whole}")
		return pick(s.r,
			"what['s| is] {p}% of {whole}?", "[calculate|find|compute] {p} percent of {whole}.",
			"there are {whole} {k1}. {p}% of them {k2}. how many is that?",
			"if {p}% of {whole} {k1} {k2}{how} many {k1} {k2}?",
			"{p} percent of the {whole} {k1} {k2}. how many {k1} {k2}?",
		), Int(s.percent(p, whole))
	}
	s.note("all {whole}, out {p}%, rest ?")
	part := s.percent(p, whole)
	return pick(s.r,
		"there are {whole} {k1}. {p}% of them {k2}. how many do not?",
		"of {whole} {k1}, {p} percent {k2}. how many of the {k1} do not {k2}?",
	), Int(s.sub(whole, part))
}

// crowd returns people or animals and something that some of them do.
func (s *story) crowd() (who, do string) {
	c := pick(s.r, [2]string{"students", "walk to school"}, [2]string{"children", "play a sport"},
		[2]string{"people", "own a car"},
		[2]string{"workers", "work on Sundays"}, [2]string{"members", "pay late"}, [2]string{"players", "wear gloves"},
		[2]string{"voters", "vote early"}, [2]string{"guests", "drink tea"}, [2]string{"birds", "fly south"},
		[2]string{"families", "have a dog"})
	return c[0], c[1]
}

func percentPrice(s *story) (string, Dec) {
	p, price := s.percentage()
	s.persons("A")
	s.item(goods...)
	s.figures("p", p)
	s.price("price", Int(price))
	if s.r.IntN(3) == 0 {
		s.note("{price}, {p}% more, now ?")
		part := s.percent(p, price)
		return pick(s.r,
			"{a item} costs {price}. the price [rises|goes up|is raised] by {p}%. what is the new price?",
			"{A} earns {price} a week and gets a raise of {p}%. how much does {he} earn now?",
			"{A} puts {price} in a bank account that pays {p}% interest a year. how much is in it after one year?",
		), Int(s.add(price, part))
	}
	s.note("{price}, {p}% off, now ?")
	part := s.percent(p, price)
	return pick(s.r,
		"{a item} costs {price}. it is on sale at {p}% off. what is the [sale|new] price?",
		"a store gives a discount of {p}% on {a item} for {price}. how much does {A} pay?",
		"{A} buys {a item} for {price} with a discount of {p} percent. how much does {he} pay?",
		"the price of {a item} was {price} and [fell|dropped|was cut] by {p}%. what does it cost now?",
	), Int(s.sub(price, part))
}

// percentIs asks what percentage a part is.
func percentIs(s *story) (string, Dec) {
	p, whole := s.percentage()
	part := whole * p / 100
	one, other := s.crowd()
	s.set("k1", one)
	s.set("k2", other)
	s.num("part", part)
	s.num("whole", whole)
	s.note("{part} of {whole}, % ?")
	problem := pick(s.r,
		"what percent[age|] of {whole} is {part}?",
		"{part} of {whole} {k1} {k2}. what percent[age|] is that?",
		"there are {whole} {k1} and {part} of them {k2}. what percentage of the {k1} {k2}?")
	if whole%100 == 0 { // so many are one percent
		return problem, Int(s.div(part, s.shift(whole, 2)))
	}
	return problem, Int(s.div(s.mul(part, 100), whole))
}
