/*
 * cpe.c - the two ways to write a CPE name.
 */
#include "vex/cpe.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

#define ATTRIBUTES     10 /* behind the part, of a formatted string */
#define LANGUAGE       5  /* its index among them */
#define URI_ATTRIBUTES 6

/* How much of text is wildcards: one "*", or any number of "?". */
static size_t
wildcards(const char *text)
{
	return *text == '*' ? 1 : strspn(text, "?");
}

/* Past an attribute's value; NULL: it is none. */
static const char *
past_value(const char *text)
{
	static const char plain[] = LETTERS DIGITS "-._";
	static const char quoted[] = "\\*?!\"#$%&'()+,/:;<=>@[]^`{|}~";
	const char *start;

	if ((*text == '*' || *text == '-') &&
	    (text[1] == ':' || text[1] == '\0'))
		return text + 1;
	text += wildcards(text);
	start = text;
	while (*text != '\0') {
		if (strchr(plain, *text) != NULL)
			text++;
		else if (*text == '\\' && text[1] != '\0' &&
		    strchr(quoted, text[1]) != NULL)
			text += 2;
		else
			break;
	}
	return text == start ? NULL : text + wildcards(text);
}

/* A language as "de", "deu", "de-CH" or "es-419". */
static const char *
past_language(const char *text)
{
	size_t n = strspn(text, LETTERS);

	if ((*text == '*' || *text == '-') &&
	    (text[1] == ':' || text[1] == '\0'))
		return text + 1;
	if (n < 2 || n > 3)
		return NULL;
	text += n;
	if (*text != '-')
		return text;
	text++;
	if (strspn(text, LETTERS) == 2)
		return text + 2;
	return strspn(text, DIGITS) == 3 ? text + 3 : NULL;
}

static bool
is_formatted(const char *text)
{
	if (*text == '\0' || strchr("aho*-", *text) == NULL)
		return false;
	text++;
	for (int i = 0; i < ATTRIBUTES; i++) {
		if (*text != ':')
			return false;
		text = i == LANGUAGE ? past_language(text + 1)
				     : past_value(text + 1);
		if (text == NULL)
			return false;
	}
	return *text == '\0';
}

static bool
is_uri(const char *text)
{
	static const char plain[] = LETTERS DIGITS "-._~:";
	static const char hex[] = DIGITS "abcdefABCDEF";
	int attributes = 0;

	if (*text != '\0' && strchr("ahoAHO", *text) != NULL)
		text++;
	if (*text != ':' && *text != '\0')
		return false;
	while (*text != '\0') {
		attributes += *text == ':';
		if (strchr(plain, *text) != NULL)
			text++;
		else if (*text == '%' && text[1] != '\0' &&
		    strchr(hex, text[1]) != NULL && text[2] != '\0' &&
		    strchr(hex, text[2]) != NULL)
			text += 3;
		else
			return false;
	}
	return attributes <= URI_ATTRIBUTES;
}

bool
cpe_is_name(const char *text)
{
	if (text_starts(text, "cpe:2.3:"))
		return is_formatted(text + strlen("cpe:2.3:"));
	return *text == 'c' && strncasecmp(text, "cpe:/", 5) == 0 &&
	    is_uri(text + 5);
}
