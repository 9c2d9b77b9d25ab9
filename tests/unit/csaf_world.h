/*
 * csaf_world.h - the parts that CSAF documents of tests are made of.
 */
#ifndef VEXLOG_TESTS_CSAF_WORLD_H
#define VEXLOG_TESTS_CSAF_WORLD_H

#include "tests/read.h"

#define TRACK(status, version, history)                                        \
	"'tracking':{'id':'T','status':'" status "','version':'" version "',"  \
	"'initial_release_date':'2025-01-01T00:00:00Z',"                       \
	"'current_release_date':'2025-01-02T00:00:00Z',"                       \
	"'revision_history':[" history "]}"
#define REV(date, number)                                                      \
	"{'date':'2025-01-0" date "T00:00:00Z','number':'" number "',"         \
	"'summary':'s'}"
#define DOC(category, version, tracking)                                       \
	"{'document':{'category':'" category "','csaf_version':'" version "'," \
	"'title':'t','publisher':{'category':'vendor','name':'n',"             \
	"'namespace':'https://e.org'},"                                        \
	"'distribution':{'tlp':{'label':'CLEAR'}}," tracking "}"
#define V DOC("csaf_vex", "2.0", TRACK("final", "1", REV("2", "1")))
#define B DOC("csaf_base", "2.0", TRACK("final", "1", REV("2", "1")))
#define N DOC("csaf_base", "2.1", TRACK("final", "1", REV("2", "1")))

#define NAME(id, purl)                                                         \
	"{'product_id':'" id "','name':'" id " name',"                         \
	"'product_identification_helper':{'purl':'" purl "'}}"
#define TREE                                                                   \
	",'product_tree':{'full_product_names':[" NAME(                        \
	    "A", "pkg:npm/a@1") "," NAME("B", "pkg:npm/b@1") "," NAME("C",     \
	    "pkg:npm/c@1") ","                                                 \
			   "{'product_id':'D','name':'d/1'}]"
#define GROUPS ",'product_groups':[{'group_id':'G','product_ids':['A','B']}]"
#define VULN   "'vulnerabilities':[{'cve':'CVE-2025-0001','notes':[],"

#define CLAIM(status) "'product_status':{'" status "':['A']}}]}"
#define A_FIXED                                                                \
	"= /vulnerabilities/0/product_status/fixed/0 CVE-2025-0001 fixed "     \
	"pkg:npm/a@1 document\n"

#endif
