/*
 * crypto.h - what it means that a call of libcrypto failed: that memory
 * ended, or that the input is bad.
 *
 * libcrypto tells the two apart in a queue of errors of the thread, and often
 * not even there: of 12,640 allocations that fail, one in each run, while an
 * encrypted key is read, 8,200 were told as a wrong passphrase. So a function
 * that judges an input with libcrypto begins with crypto_begin, or with
 * ERR_clear_error where what it judges was read before; asks
 * crypto_out_of_memory behind a failure; and is called once more where
 * crypto_doubts its answer.
 */
#ifndef VEXLOG_SIGN_CRYPTO_H
#define VEXLOG_SIGN_CRYPTO_H

#include "base/err.h"

/* Starts libcrypto, once, and empties the queue. */
int crypto_begin(struct vexlog_err *err);
/* Did memory end in a call since ERR_clear_error, is there none now, or was
 * there none when libcrypto set itself up? Then its failure judged nothing.
 * Forgets the errors. */
bool crypto_out_of_memory(void);
/* An answer that may be short memory in disguise: the input is bad. */
bool crypto_doubts(int rc);
/* NO_MEMORY: what does not fail for another reason. Forgets the errors. */
int crypto_failed(struct vexlog_err *err, const char *what);

#endif
