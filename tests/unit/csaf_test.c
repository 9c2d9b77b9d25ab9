/*
 * csaf_test.c - CSAF 2.0 and 2.1: products, statuses, and each test of the
 * standard that is held.
 */
#include "tests/unit/csaf_world.h"

static const struct read_case whole[] = {
    {"each status",
	B TREE
	"}," VULN "'remediations':[{'category':'vendor_fix',"
	"'details':'do','product_ids':['A','B','C','D']}],"
	"'product_status':{'first_affected':['A'],'known_affected':['A'],"
	"'last_affected':['A'],'fixed':['B'],'first_fixed':['B'],"
	"'known_not_affected':['C'],'under_investigation':['D'],"
	"'recommended':['B','A']}}]}",
	"= /vulnerabilities/0/product_status/first_affected/0 CVE-2025-0001 "
	"affected pkg:npm/a@1 document\n"
	"= /vulnerabilities/0/product_status/known_affected/0 CVE-2025-0001 "
	"affected pkg:npm/a@1 document\n"
	"= /vulnerabilities/0/product_status/last_affected/0 CVE-2025-0001 "
	"affected pkg:npm/a@1 document\n"
	"= /vulnerabilities/0/product_status/fixed/0 CVE-2025-0001 fixed "
	"pkg:npm/b@1 document\n"
	"= /vulnerabilities/0/product_status/first_fixed/0 CVE-2025-0001 fixed "
	"pkg:npm/b@1 document\n"
	"= /vulnerabilities/0/product_status/known_not_affected/0 "
	"CVE-2025-0001 not_affected pkg:npm/c@1 document\n"
	"= /vulnerabilities/0/product_status/under_investigation/0 "
	"CVE-2025-0001 under_investigation "
	"local:doc%3Ahttps%3A%2F%2Fe.org:d%2F1 document\n"},
    {"a flag and a threat by a group",
	V TREE GROUPS "}," VULN "'flags':[{'label':'component_not_present',"
		      "'group_ids':['G']}],'threats':[{'category':'impact',"
		      "'details':'d','product_ids':['C']}],"
		      "'product_status':{'known_not_affected':['B','C']}}]}",
	"= /vulnerabilities/0/product_status/known_not_affected/0 "
	"CVE-2025-0001 not_affected pkg:npm/b@1 component_not_present "
	"document\n"
	"= /vulnerabilities/0/product_status/known_not_affected/1 "
	"CVE-2025-0001 not_affected pkg:npm/c@1 document\n"},
    {"branches, relationships of relationships, in any order",
	B
	",'product_tree':{'relationships':["
	"{'category':'installed_on','product_reference':'AB',"
	"'relates_to_product_reference':'C',"
	"'full_product_name':{'product_id':'ABC','name':'x'}},"
	"{'category':'default_component_of','product_reference':'A',"
	"'relates_to_product_reference':'B',"
	"'full_product_name':{'product_id':'AB','name':'x'}}],"
	"'branches':[{'category':'vendor','name':'v','branches':["
	"{'category':'product_version','name':'1','product':" NAME("A",
	    "pkg:rpm/r/a@1") "},{'category':'product_version','name':'1',"
			     "'product':{'product_id':'B','name':'b',"
			     "'product_identification_helper':"
			     "{'cpe':'cpe:/o:r:b:9'}}},"
			     "{'category':'product_version','name':'1',"
			     "'product':{'product_id':'C','name':'c'}}]}]}," VULN
			     "'product_status':{'fixed':['ABC','AB']}}]}",
	"= /vulnerabilities/0/product_status/fixed/0 CVE-2025-0001 fixed "
	"local:doc%3Ahttps%3A%2F%2Fe.org:c > cpe:/o:r:b:9 > pkg:rpm/r/a@1 "
	"document\n"
	"= /vulnerabilities/0/product_status/fixed/1 CVE-2025-0001 fixed "
	"cpe:/o:r:b:9 > pkg:rpm/r/a@1 document\n"},
    {"2.1: purls, product paths, unknown",
	N ",'product_tree':{'full_product_names':["
	  "{'product_id':'A','name':'a','product_identification_helper':"
	  "{'purls':['pkg:npm/a@1?x=1','pkg:npm/a@1?x=2']}},"
	  "{'product_id':'B','name':'b'},{'product_id':'C','name':'c'}],"
	  "'product_paths':[{'beginning_product_reference':'A',"
	  "'full_product_name':{'product_id':'P','name':'p'},'subpaths':["
	  "{'category':'installed_on','next_product_reference':'B'},"
	  "{'category':'installed_with','next_product_reference':'C'}]}]}," VULN
	  "'product_status':{'fixed':['P'],'unknown':['A']}}]}",
	"= /vulnerabilities/0/product_status/fixed/0 CVE-2025-0001 fixed "
	"local:doc%3Ahttps%3A%2F%2Fe.org:c > local:doc%3Ahttps%3A%2F%2Fe.org:b "
	"> pkg:npm/a@1?x=1 document\n"},
    {"an id where there is no CVE",
	B TREE "},'vulnerabilities':[{'ids':[{'system_name':'s',"
	       "'text':'X-1'},{'system_name':'g','text':'GHSA-1'}],"
	       "'product_status':{'fixed':['A']}}]}",
	"= /vulnerabilities/0/product_status/fixed/0 X-1 fixed pkg:npm/a@1 "
	"document\n"},
    {"any category that has statuses",
	DOC("Vendor notes", "2.0", TRACK("final", "1", REV("2", "1"))) TREE
	"}," VULN "'product_status':{"
	"'fixed':['A']}}]}",
	"= /vulnerabilities/0/product_status/fixed/0 CVE-2025-0001 fixed "
	"pkg:npm/a@1 document\n"},
};

static const struct read_case unsafe[] = {
    {"6.1.1 in a status",
	B TREE "}," VULN "'product_status':{'fixed':['A','Z']}}]}",
	"! CSAF 6.1.1 /vulnerabilities/0/product_status/fixed/1\n" A_FIXED},
    {"6.1.1 in a relationship",
	B ",'product_tree':{'relationships':[{'category':'installed_on',"
	  "'product_reference':'Z','relates_to_product_reference':'Z',"
	  "'full_product_name':{'product_id':'R','name':'r'}}]}}",
	"! CSAF 6.1.1 /product_tree/relationships/0\n"},
    {"6.1.1 in a group, a flag, a score",
	B TREE ",'product_groups':[{'group_id':'G','product_ids':['Z']}]}," VULN
	       "'flags':[{'label':'component_not_present',"
	       "'product_ids':['Y']}],'scores':[{'products':['X']}]}]}",
	"! CSAF 6.1.1 /product_tree/product_groups/0/product_ids/0\n"
	"! CSAF 6.1.1 /vulnerabilities/0/flags/0/product_ids/0\n"
	"! CSAF 6.1.1 /vulnerabilities/0/scores/0/products/0\n"},
    {"6.1.2: two products of one id",
	B TREE ",'branches':[{'category':'vendor','name':'v','product':" NAME(
	    "A", "pkg:npm/other") "}]}}",
	"! CSAF 6.1.2 /product_tree/full_product_names/0/product_id\n"},
    {"6.1.3: a circle that is used",
	B ",'product_tree':{'relationships':[{'category':'installed_on',"
	  "'product_reference':'Q','relates_to_product_reference':'Q',"
	  "'full_product_name':{'product_id':'R','name':'r'}},"
	  "{'category':'installed_on','product_reference':'R',"
	  "'relates_to_product_reference':'R',"
	  "'full_product_name':{'product_id':'Q','name':'q'}}]}," VULN
	  "'product_status':{'fixed':['R']}}]}",
	"? CSAF 6.1.3 /product_tree/relationships/1\n"
	"! CSAF 6.1.3 /vulnerabilities/0/product_status/fixed/0\n"},
    {"6.1.4 and 6.1.5",
	B TREE ",'product_groups':[{'group_id':'G','product_ids':['A']},"
	       "{'group_id':'G','product_ids':['B']}]}," VULN
	       "'threats':[{'category':'impact','details':'d',"
	       "'group_ids':['H']}]}]}",
	"! CSAF 6.1.5 /product_tree/product_groups/1/group_id\n"
	"! CSAF 6.1.4 /vulnerabilities/0/threats/0/group_ids/0\n"},
    {"6.1.6",
	B TREE "}," VULN
	       "'product_status':{'fixed':['A'],'known_not_affected':['A']}}]}",
	"! CSAF 6.1.6 "
	"/vulnerabilities/0/product_status/known_not_affected/0\n" A_FIXED
	"= /vulnerabilities/0/product_status/known_not_affected/0 "
	"CVE-2025-0001 not_affected pkg:npm/a@1 document\n"},
    {"6.1.6 over two entries of one CVE, and 6.1.23",
	B TREE "}," VULN "'product_status':{'fixed':['A']}},"
	       "{'cve':'CVE-2025-0001',"
	       "'product_status':{'under_investigation':['A']}}]}",
	"? CSAF 6.1.23 /vulnerabilities/1/cve\n"
	"! CSAF 6.1.6 "
	"/vulnerabilities/1/product_status/under_investigation/0\n" A_FIXED
	"= /vulnerabilities/1/product_status/under_investigation/0 "
	"CVE-2025-0001 under_investigation pkg:npm/a@1 document\n"},
    {"6.1.6 with unknown (2.1)",
	N TREE "}," VULN "'product_status':{'fixed':['A'],'unknown':['A']}}]}",
	"! CSAF 6.1.6 /vulnerabilities/0/product_status/fixed/0\n" A_FIXED},
    {"6.1.1: a group is no product, so there are no groups of groups",
	B TREE ",'product_groups':[{'group_id':'G','product_ids':['A','H']},"
	       "{'group_id':'H','product_ids':['G','B']}]}," VULN
	       "'product_status':{'fixed':['G']}}]}",
	"! CSAF 6.1.1 /product_tree/product_groups/0/product_ids/1\n"
	"! CSAF 6.1.1 /product_tree/product_groups/1/product_ids/0\n"
	"! CSAF 6.1.1 /vulnerabilities/0/product_status/fixed/0\n"},
    {"6.1.6 of a vulnerability without a name",
	B TREE "},'vulnerabilities':[{'product_status':{'fixed':['A','B'],"
	       "'known_affected':['C'],'under_investigation':['B']}}]}",
	"? CSAF vulnerability /vulnerabilities/0\n"
	"? CSAF 6.2.2 /vulnerabilities/0/product_status/known_affected/0\n"
	"! CSAF 6.1.6 "
	"/vulnerabilities/0/product_status/under_investigation/0\n"},
    {"6.1.1 and 6.1.4 in notes (2.1)",
	DOC("csaf_base", "2.1", "'notes':[{'product_ids':['A','Z']}]," TRACK(
	    "final", "1", REV("2", "1"))) TREE
	"},'vulnerabilities':[{'cve':'CVE-2025-0001',"
	"'notes':[{'group_ids':['H']}],'involvements':[{'product_ids':"
	"['Y']}]}]}",
	"! CSAF 6.1.1 /document/notes/0/product_ids/1\n"
	"! CSAF 6.1.1 /vulnerabilities/0/involvements/0/product_ids/0\n"
	"! CSAF 6.1.4 /vulnerabilities/0/notes/0/group_ids/0\n"},
    {"unknown is of 2.1 only", B TREE "}," VULN CLAIM("unknown"),
	"! CSAF product_status /vulnerabilities/0/product_status/unknown\n"},
    {"a status with spaces", B TREE "}," VULN CLAIM("known not affected"),
	"! CSAF product_status "
	"/vulnerabilities/0/product_status/known not affected\n"},
    {"a status in other case", B TREE "}," VULN CLAIM("Fixed"),
	"! CSAF product_status /vulnerabilities/0/product_status/Fixed\n"},
    {"a label nobody knows",
	V TREE "}," VULN
	       "'flags':[{'label':'code_not_present','product_ids':['A']}],"
	       "'product_status':{'known_not_affected':['A']}}]}",
	"! CSAF flag label /vulnerabilities/0/flags/0/label\n"
	"= /vulnerabilities/0/product_status/known_not_affected/0 "
	"CVE-2025-0001 not_affected pkg:npm/a@1 document\n"},
    {"a version that is not known",
	DOC("csaf_base", "3.0", TRACK("final", "1", REV("2", "1"))) "}",
	"! CSAF csaf_version /document/csaf_version\n"},
    {"a time without a zone",
	"{'document':{'category':'csaf_base','csaf_version':'2.0','title':'t',"
	"'publisher':{'category':'vendor','name':'n','namespace':'u'},"
	"'tracking':{'id':'T','status':'final','version':'1',"
	"'initial_release_date':'2025-01-01T00:00:00Z',"
	"'current_release_date':'2025-01-02','revision_history':[" REV(
	    "2", "1") "]}},'vulnerabilities':[]}",
	"! CSAF current_release_date "
	"/document/tracking/current_release_date\n"},
};

static const struct read_case notes[] = {
    {"6.1.2: twice the same product",
	B TREE ",'branches':[{'category':'vendor','name':'v','product':" NAME(
	    "A", "pkg:npm/a@1") "}]}}",
	"? CSAF 6.1.2 /product_tree/full_product_names/0/product_id\n"},
    {"6.1.3: a circle nobody uses",
	B ",'product_tree':{'relationships':[{'category':'installed_on',"
	  "'product_reference':'R','relates_to_product_reference':'R',"
	  "'full_product_name':{'product_id':'R','name':'r'}}]}}",
	"? CSAF 6.1.3 /product_tree/relationships/0\n"},
    {"6.1.13 keeps a purl that only breaks its type's rules",
	B ",'product_tree':{'full_product_names':[" NAME(
	    "A", "pkg:oci/n/i") "," NAME("B",
	    "pkg:maven/@1") "]}," VULN
			    "'product_status':{'fixed':['A','B']}}]}",
	"? CSAF 6.1.13 /product_tree/full_product_names/0/"
	"product_identification_helper/purl\n"
	"? CSAF 6.1.13 /product_tree/full_product_names/1/"
	"product_identification_helper/purl\n"
	"= /vulnerabilities/0/product_status/fixed/0 CVE-2025-0001 fixed "
	"pkg:oci/n/i document\n"
	"= /vulnerabilities/0/product_status/fixed/1 CVE-2025-0001 fixed "
	"local:doc%3Ahttps%3A%2F%2Fe.org:B%20name document\n"},
    {"a CPE that breaks its grammar names its product",
	B ",'product_tree':{'full_product_names':[{'product_id':'A',"
	  "'name':'a','product_identification_helper':{"
	  "'cpe':'cpe:2.3:a:v:p:1'}}]}," VULN CLAIM("fixed"),
	"? CPE name /product_tree/full_product_names/0/"
	"product_identification_helper/cpe\n"
	"= /vulnerabilities/0/product_status/fixed/0 CVE-2025-0001 fixed "
	"cpe:2.3:a:v:p:1 document\n"},
    {"6.1.14",
	DOC("csaf_base", "2.0",
	    TRACK("final", "1", REV("1", "2") "," REV("2", "1"))) "}",
	"? CSAF 6.1.14 /document/tracking/revision_history\n"
	"? CSAF 6.1.21 /document/tracking/revision_history\n"},
    {"6.1.16",
	DOC("csaf_base", "2.0",
	    TRACK("final", "1", REV("1", "1") "," REV("2", "2"))) "}",
	"? CSAF 6.1.16 /document/tracking/version\n"},
    {"6.1.16 passes: build metadata does not count",
	DOC("csaf_base", "2.0",
	    TRACK("final", "1.0.0+a", REV("1", "1.0.0+b"))) "}",
	""},
    {"6.1.16 passes: a draft's pre-release does not count",
	DOC("csaf_base", "2.0",
	    TRACK("draft", "1.0.0-1", REV("1", "1.0.0"))) "}",
	""},
    {"6.1.17 and 6.1.18",
	DOC("csaf_base", "2.0", TRACK("final", "0", REV("1", "0"))) "}",
	"? CSAF 6.1.18 /document/tracking/revision_history/0/number\n"
	"? CSAF 6.1.17 /document/tracking/status\n"},
    {"6.1.19 and 6.1.20",
	DOC("csaf_base", "2.0",
	    TRACK("interim", "1.0.0-rc.1", REV("1", "1.0.0-rc.1"))) "}",
	"? CSAF 6.1.19 /document/tracking/revision_history/0/number\n"
	"? CSAF 6.1.17 /document/tracking/status\n"
	"? CSAF 6.1.20 /document/tracking/version\n"},
    {"6.1.21: a missing item",
	DOC("csaf_base", "2.0",
	    TRACK("final", "3", REV("1", "1") "," REV("2", "3"))) "}",
	"? CSAF 6.1.21 /document/tracking/revision_history\n"},
    {"6.1.21: begins with 2",
	DOC("csaf_base", "2.0", TRACK("final", "2", REV("1", "2"))) "}",
	"? CSAF 6.1.21 /document/tracking/revision_history\n"},
    {"6.1.22",
	DOC("csaf_base", "2.0",
	    TRACK("final", "1", REV("1", "1") "," REV("2", "1"))) "}",
	"? CSAF 6.1.22 /document/tracking/revision_history/1/number\n"},
    {"6.1.26", DOC("CSAF VEX", "2.0", TRACK("final", "1", REV("1", "1"))) "}",
	"? CSAF 6.1.26 /document/category\n"},
    {"6.1.26: Security-Advisory",
	DOC("Security-Advisory", "2.0", TRACK("final", "1", REV("1", "1"))) "}",
	"? CSAF 6.1.26 /document/category\n"},
    {"6.1.26: a profile in other case",
	DOC("csaf_BASE", "2.0", TRACK("final", "1", REV("1", "1"))) "}",
	"? CSAF 6.1.26 /document/category\n"},
    {"6.1.26: other dashes",
	DOC("Security\u2014advisory", "2.0",
	    TRACK("final", "1", REV("1", "1"))) "}",
	"? CSAF 6.1.26 /document/category\n"},
    {"6.1.27.11 of a deprecated advisory",
	DOC("csaf_deprecated_security_advisory", "2.1",
	    TRACK("final", "1", REV("1", "1"))) TREE "}}",
	"? CSAF 6.1.27.11 \n"},
    {"6.1.27.4 and 6.1.27.11", V "}", "? CSAF 6.1.27.4 \n? CSAF 6.1.27.11 \n"},
    {"6.1.27.5, .7, .8",
	V TREE
	"},'vulnerabilities':[{'product_status':{'first_fixed':['A']}}]}",
	"? CSAF vulnerability /vulnerabilities/0\n"
	"? CSAF 6.1.27.5 /vulnerabilities/0\n"
	"? CSAF 6.1.27.7 /vulnerabilities/0\n"
	"? CSAF 6.1.27.8 /vulnerabilities/0\n"},
    {"6.1.27.6",
	DOC("csaf_security_advisory", "2.0", TRACK("final", "1", REV("2", "1")))
	    TREE "}," VULN "'title':'t'}]}",
	"? CSAF 6.1.27.6 /vulnerabilities/0\n"},
    {"6.1.27.9", V TREE "}," VULN CLAIM("known_not_affected"),
	"? CSAF 6.1.27.9 "
	"/vulnerabilities/0/product_status/known_not_affected/0\n"
	"= /vulnerabilities/0/product_status/known_not_affected/0 "
	"CVE-2025-0001 not_affected pkg:npm/a@1 document\n"},
    {"6.1.27.10", V TREE "}," VULN CLAIM("known_affected"),
	"? CSAF 6.1.27.10 /vulnerabilities/0/product_status/known_affected/0\n"
	"= /vulnerabilities/0/product_status/known_affected/0 CVE-2025-0001 "
	"affected pkg:npm/a@1 document\n"},
    {"two products of one key and other statuses",
	B ",'product_tree':{'full_product_names':[" NAME(
	    "A", "pkg:npm/x") "," NAME("B",
	    "pkg:npm/x") "]}," VULN
			 "'product_status':{'fixed':['A'],'under_investigation':['B']}}]}",
	"? CSAF product key "
	"/vulnerabilities/0/product_status/under_investigation/0\n"
	"= /vulnerabilities/0/product_status/fixed/0 CVE-2025-0001 fixed "
	"pkg:npm/x document\n"
	"= /vulnerabilities/0/product_status/under_investigation/0 "
	"CVE-2025-0001 under_investigation pkg:npm/x document\n"},
    {"6.1.29 and 6.1.32",
	B TREE "}," VULN "'flags':[{'label':'component_not_present'}],"
	       "'remediations':[{'category':'workaround','details':'d'}]}]}",
	"? CSAF 6.1.32 /vulnerabilities/0/flags/0\n"
	"? CSAF 6.1.29 /vulnerabilities/0/remediations/0\n"},
    {"6.1.30",
	DOC("csaf_base", "2.0",
	    TRACK("final", "2", REV("1", "1.0.0") "," REV("2", "2"))) "}",
	"? CSAF 6.1.30 /document/tracking\n"},
    {"6.1.31, whose words stand alone",
	B
	",'product_tree':{'branches':["
	"{'category':'product_version','name':'4.1 and EARLIER','product':" NAME(
	    "A",
	    "pkg:npm/a@1") "},"
			   "{'category':'product_version','name':'after-eight','product':" NAME(
			       "B",
			       "pkg:npm/b@1") "},"
					      "{'category':'product_version','name':'>=2','product':" NAME(
						  "C", "pkg:npm/c@1") "}]}}",
	"? CSAF 6.1.31 /product_tree/branches/0/name\n"
	"? CSAF 6.1.31 /product_tree/branches/2/name\n"},
    {"a list without products, a product twice in one list",
	B TREE "}," VULN
	       "'product_status':{'fixed':['A','B','A'],'first_fixed':['A'],"
	       "'under_investigation':[]}}]}",
	"? CSAF product_status /vulnerabilities/0/product_status/fixed/2\n"
	"? CSAF product_status "
	"/vulnerabilities/0/product_status/under_investigation\n" A_FIXED
	"= /vulnerabilities/0/product_status/fixed/1 CVE-2025-0001 fixed "
	"pkg:npm/b@1 document\n"
	"= /vulnerabilities/0/product_status/fixed/2 CVE-2025-0001 fixed "
	"pkg:npm/a@1 document\n"
	"= /vulnerabilities/0/product_status/first_fixed/0 CVE-2025-0001 fixed "
	"pkg:npm/a@1 document\n"},
    {"6.1.33, by a group",
	V TREE GROUPS "}," VULN "'flags':[{'label':'component_not_present',"
		      "'product_ids':['A']},{'label':"
		      "'vulnerable_code_not_present','group_ids':['G']}],"
		      "'product_status':{'known_not_affected':['A']}}]}",
	"? CSAF 6.1.33 /vulnerabilities/0/flags/1/group_ids/0\n"
	"= /vulnerabilities/0/product_status/known_not_affected/0 "
	"CVE-2025-0001 not_affected pkg:npm/a@1 component_not_present "
	"document\n"},
    {"6.1.35, by a group, and 6.1.36 (2.1)",
	N TREE GROUPS "}," VULN
		      "'remediations':[{'category':'workaround',"
		      "'product_ids':['A','B']},{'category':'none_available',"
		      "'group_ids':['G']},{'category':'vendor_fix',"
		      "'product_ids':['C']},{'category':'optional_patch',"
		      "'product_ids':['D']}],"
		      "'product_status':{'known_not_affected':['C','D']}}]}",
	"? CSAF 6.1.35 /vulnerabilities/0/remediations/1/group_ids/0\n"
	"? CSAF 6.1.35 /vulnerabilities/0/remediations/1/group_ids/0\n"
	"? CSAF 6.1.36 "
	"/vulnerabilities/0/product_status/known_not_affected/0\n"
	"= /vulnerabilities/0/product_status/known_not_affected/0 "
	"CVE-2025-0001 not_affected pkg:npm/c@1 document\n"
	"= /vulnerabilities/0/product_status/known_not_affected/1 "
	"CVE-2025-0001 not_affected "
	"local:doc%3Ahttps%3A%2F%2Fe.org:d%2F1 document\n"},
    {"6.1.35 and 6.1.36 are not of 2.0",
	B TREE "}," VULN "'remediations':[{'category':'none_available',"
	       "'product_ids':['A']},{'category':'vendor_fix',"
	       "'product_ids':['A']}]," CLAIM("fixed"),
	A_FIXED},
    {"what the schema requires", "{'document':{'tracking':{}}}",
	"? CSAF csaf_version /document\n"
	"? CSAF document /document\n"
	"? CSAF document /document\n"
	"? CSAF publisher /document\n"
	"? CSAF tracking /document/tracking\n"
	"? CSAF tracking /document/tracking\n"
	"? CSAF tracking /document/tracking\n"
	"? CSAF tracking /document/tracking\n"
	"? CSAF tracking /document/tracking\n"
	"? CSAF tracking /document/tracking\n"},
    {"no time at all",
	"{'document':{'category':'csaf_base','csaf_version':'2.0','title':'t',"
	"'publisher':{'category':'vendor','name':'n','namespace':'u'},"
	"'tracking':{'id':'T','status':'final','version':'1',"
	"'initial_release_date':'2025-01-01T00:00:00Z',"
	"'revision_history':[" REV("2", "1") "]}}" TREE
					     "}," VULN CLAIM("fixed"),
	"? CSAF tracking /document/tracking\n"
	"? CSAF current_release_date /vulnerabilities/0\n"
	"= /vulnerabilities/0/product_status/fixed/0 CVE-2025-0001 fixed "
	"pkg:npm/a@1 none\n"},
};

/* Documents whose size in the tree is not their size on paper. */
static void
test_amplified(void)
{
	struct vexlog_document doc;
	struct vexlog_err err;
	struct buffer b;
	const char *json;

	/* each relationship pairs the one before it with itself */
	vexlog_arena_reset(read_arena);
	buffer_open(&b, read_arena, 64 * MIB);
	buffer_text(&b, B TREE ",'relationships':[");
	for (int i = 0; i < 2000; i++)
		buffer_print(&b,
		    "%s{'category':'installed_on','product_reference':'%s%d',"
		    "'relates_to_product_reference':'%s%d',"
		    "'full_product_name':{'product_id':'A%d','name':'n'}}",
		    i == 0 ? "" : ",", "A", i - 1, "A", i - 1, i);
	buffer_text(&b, "]}," VULN CLAIM("fixed"));
	if (buffer_finish_text(&b, &json, &err) != 0)
		bail("%s", err.message);
	int rc = read_document(&doc, json, &err);
	ok(rc == 0 && !doc.readable, "a chain of doubled keys is refused");

	/* and a long plain chain is resolved without recursion */
	vexlog_arena_reset(read_arena);
	buffer_open(&b, read_arena, 64 * MIB);
	buffer_text(&b, B ",'product_tree':{'relationships':[");
	for (int i = 0; i < 100000; i++)
		buffer_print(&b,
		    "%s{'category':'installed_on','product_reference':'A%d',"
		    "'relates_to_product_reference':'A%d',"
		    "'full_product_name':{'product_id':'A%d','name':'n'}}",
		    i == 0 ? "" : ",", i + 1, i + 1, i);
	buffer_text(&b, "]}}");
	if (buffer_finish_text(&b, &json, &err) != 0)
		bail("%s", err.message);
	rc = read_document(&doc, json, &err);
	ok(rc == 0 && !doc.readable, "a chain of 100000 ends nowhere");
	is_text(doc.findings[0].rule, "CSAF 6.1.1", "and says so");

	/* groups of all products, named by every flag */
	vexlog_arena_reset(read_arena);
	buffer_open(&b, read_arena, 64 * MIB);
	buffer_text(&b, B ",'product_tree':{'full_product_names':[");
	for (int i = 0; i < 4000; i++)
		buffer_print(&b, "%s{'product_id':'%d','name':'n'}",
		    i == 0 ? "" : ",", i);
	buffer_text(&b, "],'product_groups':[{'group_id':'G','product_ids':[");
	for (int i = 0; i < 4000; i++)
		buffer_print(&b, "%s'%d'", i == 0 ? "" : ",", i);
	buffer_text(&b, "]}]}," VULN "'threats':[");
	for (int i = 0; i < 20000; i++)
		buffer_print(&b, "%s{'category':'impact','group_ids':['G']}",
		    i == 0 ? "" : ",");
	buffer_text(&b, "]}]}");
	if (buffer_finish_text(&b, &json, &err) != 0)
		bail("%s", err.message);
	is_int(read_document(&doc, json, &err), VEXLOG_LIMIT,
	    "groups named without end are a limit");
	has_text(err.message, "groups", "which says what");
}

static void
test_values(void)
{
	struct vexlog_document doc;
	struct vexlog_err err;

	vexlog_arena_reset(read_arena);
	if (read_document(&doc,
		V TREE
		"},'vulnerabilities':[{'cve':'CVE-2025-0001','notes':[],"
		"'ids':[{'system_name':'b','text':'2129710'},"
		"{'system_name':'g','text':'ghsa-2'},"
		"{'system_name':'c','text':'CVE-2025-0001'}],"
		"'flags':[{'label':'component_not_present',"
		"'product_ids':['A']}],"
		"'threats':[{'category':'impact','details':' ',"
		"'product_ids':['A']},{'category':'impact','details':'why',"
		"'product_ids':['A']},{'category':'exploit_status',"
		"'details':'no','product_ids':['A']}],"
		"'remediations':[{'category':'workaround','details':'do',"
		"'product_ids':['A']}],"
		"'product_status':{'known_not_affected':['A']}}]}",
		&err) != 0)
		bail("%s", err.message);
	const struct vexlog_observation *o = doc.observations.list;
	is_int((int64_t)doc.observations.count, 1, "one claim");
	is_text(o->aliases, "[\"ghsa-2\"]",
	    "ids of one bug tracker are no aliases");
	is_text(o->impact_text, "why", "the first impact that is not blank");
	is_text(o->action_text, "do", "remediation");
	is_text(o->source_status, "known_not_affected", "source's word");
	is_text(o->source_justification, "component_not_present", "flag");
	is_text(doc.format_version, "2.0", "version");
	is_text(doc.provider, "doc:https://e.org", "namespace");
}

#define CASES(list) run_cases(list, sizeof(list) / sizeof((list)[0]))

int
main(void)
{
	read_arena = vexlog_arena_open(1024 * MIB);
	CASES(whole);
	test_values();
	CASES(unsafe);
	CASES(notes);
	test_amplified();
	run_out_of_memory(V TREE GROUPS
	    ",'relationships':[{'category':'installed_on',"
	    "'product_reference':'A','relates_to_product_reference':'D',"
	    "'full_product_name':{'product_id':'R','name':'r'}}]}," VULN
	    "'ids':[{'system_name':'g','text':'GHSA-2'}],"
	    "'flags':[{'label':'component_not_present','group_ids':['G']}],"
	    "'product_status':{'known_not_affected':['A'],'fixed':['R']}},"
	    "{'cve':'CVE-2025-0002'}]}",
	    "CSAF");
	vexlog_arena_close(read_arena);
	return tap_done();
}
