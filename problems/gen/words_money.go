package gen

// This file has stories about prices, wages and purses. Amounts are whole, or have two decimals at higher levels.

// amount returns a price, now and then with cents.
func (s *story) amount() Dec {
	if s.r.Float64() < 0.3*s.level {
		return Dec{100*s.few() + pick[int64](s.r, 25, 50, 50, 75, 20, 99, 95, 40), 2}
	}
	return Int(s.few())
}

func priceTotal(s *story) (string, Dec) {
	s.persons("A")
	s.item(goods...)
	price, n := s.amount(), s.few()
	s.price("price", price)
	s.num("n", n)
	if price.Scale == 0 && s.r.IntN(3) == 0 {
		s.price("total", Int(price.V*n))
		if s.r.IntN(2) == 0 {
			s.note("total {total}, n {n}, each ?")
			return pick(s.r,
				"{A} bought {n} {items} for {total}. how much did each {item} cost?",
				"{n} {items} cost {total}. what is the price of one {item}?",
				"with {total} {A} can buy {n} {items}. how much does {a item} cost?",
			), Int(s.div(price.V*n, n))
		}
		s.note("total {total}, each {price}, n ?")
		return pick(s.r,
			"each {item} costs {price}. {A} paid {total}. how many {items} did {he} buy?",
			"{A} made {total} by selling {items} for {price} each. how many {items} did {he} sell?",
		), Int(s.div(price.V*n, price.V))
	}
	s.note("each {price}, n {n}, total ?")
	return pick(s.r,
		"[one|each] {item} costs {price}. how much do {n} {items} cost?",
		"{A} bought {n} {items} for {price} each. how much did {he} [pay|spend][| in all| altogether]?",
		"if {a item} costs {price}{how} much [would|do|will] {n} {items} cost?",
		"{A} sells {items} at {price} each. how much money does {he} [make|get|earn] for {n} {items}?",
		"what do {n} {items} cost at {price} each?",
	), s.mulDec(price, Int(n))
}

// twoGoods buys several of two kinds.
func twoGoods(s *story) (string, Dec) {
	s.persons("A")
	one, other := s.two(goods)
	s.noun("i1", "j1", one)
	s.noun("i2", "j2", other)
	p, q := s.amount(), s.amount()
	s.price("p", p)
	s.price("q", q)
	switch s.r.IntN(3) {
	case 0:
		s.note("{p}, {q}, all ?")
		return pick(s.r,
			"{A} bought {a i1} for {p} and {a i2} for {q}. how much did {he} spend[| in all| altogether]?",
			"{a i1} costs {p} and {a i2} costs {q}. how much do they cost together?",
		), s.addDec(p, q)
	case 1:
		if p.cmp(q) > 0 {
			s.note("{i1} {p}, {i2} {q}, more ?")
			return "[{A} bought {a i1} for {p} and {a i2} for {q}|{A} spent {q} on {a i2} and {p} on {a i1}]. " +
				"how much more [did the {i1} cost|did {he} spend on the {i1}] than [|on ]the {i2}?", s.subDec(p, q)
		}
	}
	m, n := 2+s.r.Int64N(8), 2+s.r.Int64N(8)
	s.num("m", m)
	s.num("n", n)
	s.note("{m} at {p}, {n} at {q}, all ?")
	return pick(s.r,
		"{A} buys {m} {j1} at {p} each and {n} {j2} at {q} each. "+
			"how much does {he} [pay|spend] [in all|altogether|in total]?",
		"{a i1} costs {p} and {a i2} costs {q}. what is the total cost of {m} {j1} and {n} {j2}?",
		"{A} sold {m} {j1} for {p} each and {n} {j2} for {q} each. how much did {he} make?",
	), s.addDec(s.mulDec(p, Int(m)), s.mulDec(q, Int(n)))
}

// changeFromBill pays with more than the price.
func changeFromBill(s *story) (string, Dec) {
	s.persons("A")
	s.item(goods...)
	price, n := s.amount(), 1+s.r.Int64N(4)
	cost := Dec{price.V * n, price.Scale}
	bill := Int(pick[int64](s.r, 5, 10, 20, 50, 100))
	for bill.cmp(cost) <= 0 {
		bill.V *= 2
	}
	s.price("price", price)
	s.price("bill", bill)
	s.num("n", n)
	if n == 1 {
		s.note("had {bill}, out {price}, now ?")
		return pick(s.r,
			"{A} had {bill}. {he} bought {a item} for {price}. how much [money |]does {he} have left?",
			"{a item} costs {price}. {A} pays with {bill}. how much change does {he} get?",
			"{A} pays for {a item} at {price} with {bill}. what is the change?",
			"if {A} had {bill} and spent {price} on {a item}{how} much is left?",
		), s.subDec(bill, price)
	}
	s.note("each {price}, n {n}, paid {bill}, back ?")
	return pick(s.r,
		"{A} buys {n} {items} at {price} each and pays with {bill}. how much change does {he} get?",
		"{A} had {bill}. {he} bought {n} {items} for {price} each. how much money is left?",
		"each {item} costs {price}. {A} has {bill} and buys {n}. how much does {he} have left?",
	), s.subDec(bill, s.mulDec(price, Int(n)))
}

// canAfford asks how many one can buy, or how much is missing.
func canAfford(s *story) (string, Dec) {
	s.persons("A")
	s.item(goods...)
	price, n := 1+s.few(), s.few()
	if s.r.IntN(2) == 0 {
		rest := s.r.Int64N(price)
		s.price("price", Int(price))
		s.price("purse", Int(price*n+rest))
		s.note("purse {purse}, each {price}, n ?")
		return pick(s.r,
			"{A} has {purse}. {a item} costs {price}. how many {items} can {he} buy?",
			"how many {items} can {A} buy with {purse} if each costs {price}?",
			"{items} cost {price} each. {A} has {purse}. what is the largest number of {items} {he} can buy?",
		), Int(s.div(price*n+rest, price))
	}
	cost := price + s.count()
	has := s.some(cost)
	gift := s.some(cost - has)
	s.price("cost", Int(cost))
	s.price("has", Int(has))
	s.price("gift", Int(gift))
	if s.r.IntN(2) == 0 && has+gift < cost {
		s.note("has {has}+{gift}, cost {cost}, more ?")
		return "{A} wants to buy {a item} that costs {cost}. " +
			"{he} has {has} and gets {gift} from {his} [aunt|uncle|mother|grandfather]. " +
			"how much more does {he} need?", Int(s.sub(cost, s.add(has, gift)))
	}
	s.note("has {has}, cost {cost}, more ?")
	return "{A} [wants|would like] to buy {a item} [for {cost}|that costs {cost}]. {he} has [saved |]{has}. " +
			"how much more [money |]does {he} need?",
		Int(s.sub(cost, has))
}

func wages(s *story) (string, Dec) {
	s.persons("A")
	s.set("job", pick(s.r, "babysitting", "washing cars", "mowing lawns", "walking dogs", "painting fences",
		"tutoring", "delivering papers"))
	s.set("hour", pick(s.r, "hour", "hour", "day", "week"))
	pay, n := Int(s.few()+3), s.few()
	s.price("pay", pay)
	s.num("n", n)
	s.price("total", Int(pay.V*n))
	switch s.r.IntN(4) {
	case 0:
		s.note("total {total}, each {pay}, n ?")
		return "{A} earns {pay} [per|every] {hour} {job}. how many {hour}s does {he} need to earn {total}?",
			Int(s.div(pay.V*n, pay.V))
	case 1:
		s.note("total {total}, n {n}, each ?")
		return "{A} earned {total} in {n} {hour}s of {job}. how much did {he} earn [per|each] {hour}?",
			Int(s.div(pay.V*n, n))
	case 2:
		cost := s.some(pay.V)
		s.price("cost", Int(cost))
		s.note("each {pay}, out {cost}, n {n}, total ?")
		return "{A} earns {pay} [per|every] {hour} {job} and pays {cost} [per|every] {hour} for " +
			"[food|rent|bus tickets]. how much does {he} [have left|save] in {n} " +
			"{hour}s?", Int(s.mul(s.sub(pay.V, cost), n))
	}
	s.note("each {pay}, n {n}, total ?")
	return pick(s.r,
		"{A} earns {pay} [per|every|each] {hour} {job}. how much does {he} earn in {n} {hour}s?",
		"{A} worked {n} {hour}s {job} for {pay} [per|each] {hour}. how much [money |]did {he} make?",
		"if {A} gets {pay} per {hour} for {job}{how} much will {he} make in {n} {hour}s?",
	), Int(s.mul(pay.V, n))
}

// purse is about money that comes and goes.
func purse(s *story) (string, Dec) {
	s.persons("A", "B")
	had, out, in := s.count(), s.count(), s.count()
	had += out
	s.price("had", Int(had))
	s.price("out", Int(out))
	s.price("in", Int(in))
	s.price("now", Int(had-out))
	s.set("on", pick(s.r, "on lunch", "on a game", "at the store", "at the fair", "on books", "on clothes",
		"at the market"))
	switch s.r.IntN(4) {
	case 0:
		s.note("had {had}, out ?, now {now}")
		return pick(s.r,
			"{A} had {had}. after spending some money {on}, {he} had {now} left. how much did {he} spend?",
			"there were {had} in {A}'s [wallet|purse|pocket]. now there are {now}. how much did {he} spend {on}?",
			"{A} has {now} left after shopping. if {he} started with {had}{how} much did {he} spend?",
		), Int(s.sub(had, had-out))
	case 1:
		s.note("had ?, out {out}, now {now}")
		return "{A} spent {out} {on} and has {now} left. how much [money |]did {he} have " +
			"[at first|to begin with|before]?", Int(s.add(had-out, out))
	case 2:
		s.note("had {had}, out {out}, in {in}, now ?")
		return "{A} had {had}. {he} spent {out} {on} and then " +
			"[{B} gave {him} {in}|got {in} for helping {B}|earned {in}]. " +
			"how much [money |]does {he} have now?", Int(s.add(s.sub(had, out), in))
	}
	s.note("had {had}, out {out}, now ?")
	return "[{A} had {had}|there were {had} in {A}'s [wallet|purse|pocket]]. {he} spent {out} {on}. " +
			"how much [money |][is|was|does {he} have] left?",
		Int(s.sub(had, out))
}

// discountEach takes a fixed amount off each price.
func discountEach(s *story) (string, Dec) {
	s.persons("A")
	s.item(goods...)
	price, n := 2+s.few(), s.few()
	off := s.some(price)
	s.price("price", Int(price))
	s.price("off", Int(off))
	s.price("paid", Int(price-off))
	s.num("n", n)
	switch s.r.IntN(3) {
	case 0:
		s.note("each {price}, off {off}, n {n}, total ?")
		return "each {item} costs {price}, but there is a discount of {off} on each. " +
				"how much [do|will|would] {n} {items} cost?",
			Int(s.mul(s.sub(price, off), n))
	case 1:
		s.note("each {price}, paid {paid}, off ?")
		return "{a item} [usually|normally] costs {price}. {A} paid only {paid}. how much was the discount?",
			Int(s.sub(price, price-off))
	}
	s.note("each {price}, off {off}, paid ?")
	return pick(s.r,
		"each {item} costs {price}. if there is a discount of {off} on each {item}{how} much do you [have to |]pay "+
			"for [one|each] {item}?",
		"{A} buys {a item} for {price} with a coupon for {off} off. how much does {he} pay?",
	), Int(s.sub(price, off))
}
