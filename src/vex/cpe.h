/*
 * cpe.h - whether a text is a CPE name.
 */
#ifndef VEXLOG_VEX_CPE_H
#define VEXLOG_VEX_CPE_H

#include <stdbool.h>

/*
 * A 2.3 formatted string or a 2.2 URI by the grammars of NISTIR 7695, as
 * CSAF's schema has them too; a %-sequence of a URI has its two digits.
 * Whether the name is in a dictionary is not looked at.
 */
bool cpe_is_name(const char *text);

#endif
