/*
 * cpe_test.c - CPE names in both bindings, and names that break one rule of
 * their grammar each.
 */
#include "tests/tap.h"
#include "vex/cpe.h"

static const char *const names[] = {
    "cpe:2.3:a:vendor:product:1.0:*:*:*:*:*:*:*",
    "cpe:2.3:o:v:p:-:update:edition:de:sw:linux:x86_64:other",
    "cpe:2.3:*:*:*:*:*:*:*:*:*:*:*",
    "cpe:2.3:h:v:p:1:*:*:es-419:*:*:*:*",
    "cpe:2.3:a:v:p:1:*:*:pt-BR:*:*:*:*",
    "cpe:2.3:a:v:p\\!\\:\\\\x:1.*:*:*:*:*:*:*:*",
    "cpe:2.3:a:v:??p??:*1:*:*:*:*:*:*:*",
    "cpe:/a",
    "cpe:/",
    "cPE:/O:redhat:enterprise_linux:8::appstream",
    "cpe:/a:v:p:1:u:~~~android~~:en",
    "cpe:/a:%240.99_books:p%02",
};

static const struct {
	const char *what, *text;
} broken[] = {
    {"nothing", ""},
    {"another scheme", "pkg:npm/a@1"},
    {"an attribute too few", "cpe:2.3:a:v:p:1:*:*:*:*:*:*"},
    {"an attribute too many", "cpe:2.3:a:v:p:1:*:*:*:*:*:*:*:*"},
    {"no attributes", "cpe:2.3:a"},
    {"an empty attribute", "cpe:2.3:a:v::1:*:*:*:*:*:*:*"},
    {"a part nobody knows", "cpe:2.3:x:v:p:1:*:*:*:*:*:*:*"},
    {"2.3 in capitals", "CPE:2.3:a:v:p:1:*:*:*:*:*:*:*"},
    {"a sign that is not quoted", "cpe:2.3:a:v:p+x:1:*:*:*:*:*:*:*"},
    {"a quoted letter", "cpe:2.3:a:v:\\p:1:*:*:*:*:*:*:*"},
    {"a quote at the end", "cpe:2.3:a:v:p:1:*:*:*:*:*:*:x\\"},
    {"a wildcard inside", "cpe:2.3:a:v:p*x:1:*:*:*:*:*:*:*"},
    {"two stars", "cpe:2.3:a:v:**p:1:*:*:*:*:*:*:*"},
    {"only wildcards", "cpe:2.3:a:v:??:1:*:*:*:*:*:*:*"},
    {"a language of four letters", "cpe:2.3:a:v:p:1:*:*:abcd:*:*:*:*"},
    {"a region of one letter", "cpe:2.3:a:v:p:1:*:*:de-C:*:*:*:*"},
    {"white space", "cpe:2.3:a:v:p x:1:*:*:*:*:*:*:*"},
    {"a letter that is not ASCII", "cpe:/a:v:\xc3\xa9"},
    {"a URI's part nobody knows", "cpe:/x:v:p"},
    {"seven attributes of a URI", "cpe:/a:1:2:3:4:5:6:7"},
    {"a sign that a URI has to encode", "cpe:/a:v:p+x"},
    {"half a %-sequence", "cpe:/a:v:p%2"},
    {"a %-sequence that is none", "cpe:/a:v:p%zz"},
    {"a capital C", "Cpe:/a:v:p"},
};

int
main(void)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ok(cpe_is_name(names[i]), "%s", names[i]);
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		ok(!cpe_is_name(broken[i].text), "%s is none", broken[i].what);
	return tap_done();
}
