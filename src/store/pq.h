/*
 * pq.h - libpq, loaded when the first postgresql:// URL is opened.
 *
 * It brings some twenty libraries with it, and a store in a file needs none
 * of them. Include this in place of <libpq-fe.h>; the functions listed below
 * keep their names and may be called after pq_open gave 0.
 */
#ifndef VEXLOG_STORE_PQ_H
#define VEXLOG_STORE_PQ_H

#include <libpq-fe.h>

#include "base/err.h"

#define PQ_FUNCTIONS(X)                                                        \
	X(clear)                                                               \
	X(cmdStatus)                                                           \
	X(cmdTuples)                                                           \
	X(connectPoll)                                                         \
	X(connectStartParams)                                                  \
	X(conninfoFree)                                                        \
	X(conninfoParse)                                                       \
	X(consumeInput)                                                        \
	X(enterPipelineMode)                                                   \
	X(errorMessage)                                                        \
	X(escapeLiteral)                                                       \
	X(exec)                                                                \
	X(execParams)                                                          \
	X(execPrepared)                                                        \
	X(exitPipelineMode)                                                    \
	X(finish)                                                              \
	X(freemem)                                                             \
	X(ftype)                                                               \
	X(getResult)                                                           \
	X(getisnull)                                                           \
	X(getlength)                                                           \
	X(getvalue)                                                            \
	X(nfields)                                                             \
	X(notifies)                                                            \
	X(ntuples)                                                             \
	X(parameterStatus)                                                     \
	X(pipelineSync)                                                        \
	X(prepare)                                                             \
	X(resultErrorField)                                                    \
	X(resultStatus)                                                        \
	X(sendQueryParams)                                                     \
	X(sendQueryPrepared)                                                   \
	X(serverVersion)                                                       \
	X(setErrorVerbosity)                                                   \
	X(setNoticeReceiver)                                                   \
	X(socket)                                                              \
	X(status)                                                              \
	X(transactionStatus)

struct pq_functions {
#define X(name) __typeof__(PQ##name) *name;
	PQ_FUNCTIONS(X)
#undef X
};

extern struct pq_functions pq_functions;

/* Once a process, from any thread. errors   IO (not installed) */
int pq_open(struct vexlog_err *err);

#define PQclear		   pq_functions.clear
#define PQcmdStatus	   pq_functions.cmdStatus
#define PQcmdTuples	   pq_functions.cmdTuples
#define PQconnectPoll	   pq_functions.connectPoll
#define PQconnectStartParams pq_functions.connectStartParams
#define PQconninfoFree	   pq_functions.conninfoFree
#define PQconninfoParse	   pq_functions.conninfoParse
#define PQconsumeInput	   pq_functions.consumeInput
#define PQenterPipelineMode pq_functions.enterPipelineMode
#define PQerrorMessage	   pq_functions.errorMessage
#define PQescapeLiteral	   pq_functions.escapeLiteral
#define PQexec		   pq_functions.exec
#define PQexecParams	   pq_functions.execParams
#define PQexecPrepared	   pq_functions.execPrepared
#define PQexitPipelineMode pq_functions.exitPipelineMode
#define PQfinish	   pq_functions.finish
#define PQfreemem	   pq_functions.freemem
#define PQftype		   pq_functions.ftype
#define PQgetResult	   pq_functions.getResult
#define PQgetisnull	   pq_functions.getisnull
#define PQgetlength	   pq_functions.getlength
#define PQgetvalue	   pq_functions.getvalue
#define PQnfields	   pq_functions.nfields
#define PQnotifies	   pq_functions.notifies
#define PQntuples	   pq_functions.ntuples
#define PQparameterStatus  pq_functions.parameterStatus
#define PQpipelineSync	   pq_functions.pipelineSync
#define PQprepare	   pq_functions.prepare
#define PQresultErrorField pq_functions.resultErrorField
#define PQresultStatus	   pq_functions.resultStatus
#define PQsendQueryParams  pq_functions.sendQueryParams
#define PQsendQueryPrepared pq_functions.sendQueryPrepared
#define PQserverVersion	   pq_functions.serverVersion
#define PQsetErrorVerbosity pq_functions.setErrorVerbosity
#define PQsetNoticeReceiver pq_functions.setNoticeReceiver
#define PQsocket	   pq_functions.socket
#define PQstatus	   pq_functions.status
#define PQtransactionStatus pq_functions.transactionStatus

#endif
