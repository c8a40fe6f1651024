import { queryOptions } from '@tanstack/react-query'
import { allPages, call } from './client'
import type { ReportsResponse } from './generated'
import type { Report } from './types'

const all = (fetchPage: (page: { max_results: number; page_token?: string }) => Promise<ReportsResponse>) =>
  allPages(
    (page_token) => fetchPage({ max_results: 500, page_token }),
    (page) => page.reports as Report[] | undefined,
  )

/** The reports whose title contains a text. */
export const reports = (containing: string) =>
  queryOptions({
    queryKey: ['reports', containing],
    queryFn: () =>
      all((page) => call('GET /2.0/kiroku/reports/search', { containing: containing || undefined, ...page })),
  })

/** The versions of a report, the latest first. */
export const reportVersions = (id: string) =>
  queryOptions({
    queryKey: ['report-versions', id],
    queryFn: () => all((page) => call('GET /2.0/kiroku/reports/versions', { report_id: id, ...page })),
  })

/** @param version undefined for the latest */
export const fetchReport = async (id: string, version?: number) =>
  (await call('GET /2.0/kiroku/reports/get', { report_id: id, version })).report as Report

export const report = (id: string, version?: number) =>
  queryOptions({ queryKey: ['report', id, version], queryFn: () => fetchReport(id, version) })

export const createReport = async (title: string, content: string) =>
  (await call('POST /2.0/kiroku/reports/create', { title, content })).report as Report

/**
 * Saves a new version.
 *
 * @param expected the version that the change is based on
 * @throws ApiError with status 409 if there is a later version
 */
export const updateReport = async (id: string, title: string, content: string, expected: number) =>
  (
    await call('POST /2.0/kiroku/reports/update', {
      report_id: id,
      title,
      content,
      expected_version: expected,
    })
  ).report as Report

export const deleteReport = (id: string, expected: number) =>
  call('POST /2.0/kiroku/reports/delete', { report_id: id, expected_version: expected })
