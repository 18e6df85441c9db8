package gen

// numberFamilies are the families about whole numbers, comparison, measurement and chance.
var numberFamilies = []Family{
	{"numbers__gcd", 1, fitting(makeGCD)},
	{"numbers__lcm", 1, fitting(makeLCM)},
	{"numbers__div_remainder", 1, fitting(makeRemainder)},
	{"numbers__is_factor", 1, fitting(makeIsFactor)},
	{"numbers__place_value", 0.7, fitting(makePlaceValue)},
	{"numbers__round_number", 1, fitting(makeRound)},
	{"numbers__is_prime", 0.5, fitting(makeIsPrime)},
	{"numbers__list_prime_factors", 0.7, fitting(makePrimeFactors)},
	{"numbers__base_conversion", 0.8, fitting(makeBaseConversion)},
	{"comparison__pair", 1, fitting(makePair)},
	{"comparison__kth_biggest", 1, fitting(makeKthBiggest)},
	{"comparison__sort", 1, fitting(makeSort)},
	{"comparison__closest", 1.5, fitting(makeClosest)},
	{"measurement__conversion", 1, fitting(makeConversion)},
	{"measurement__time", 1, fitting(makeTime)},
	{"probability__swr_p_sequence", 0.8, fitting(makeSequenceChance)},
	{"probability__swr_p_level_set", 0.8, fitting(makeLevelSetChance)},
}
