"""The broken connectors start and take commands; what is broken in each is for the suite to see."""

import unittest

from tests.support import WithAxis

import mutants


class Mutants(WithAxis):
    def test_every_mutant_starts_answers_and_closes(self):
        self.assertGreaterEqual(len(mutants.MUTANTS), 36)
        for number, name in enumerate(mutants.MUTANTS):
            with self.subTest(name):
                dms = self.start("a", "--store " + self.path("store-%d" % number), "--mutant " + name)
                self.assertEqual(dms.first["ready"], True)
                self.assertEqual(dms.done("capabilities")["product"], "plain")
                self.assertEqual(dms.done("close")["closed"], True)

    def test_the_list_of_mutants_is_a_table(self):
        for line in mutants.listing().splitlines():
            name, rule, english, vietnamese = line.split("\t")
            self.assertRegex(name, "^[a-z0-9-]+$")
            self.assertTrue(rule and english.endswith(".") and vietnamese.endswith("."))


class Names(unittest.TestCase):
    def test_a_name_that_is_not_listed_is_an_error_of_usage(self):
        from settings import Usage
        with self.assertRaises(Usage):
            mutants.parts_of("no-such")


if __name__ == "__main__":
    unittest.main()
