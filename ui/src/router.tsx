import {
  type RouteComponent,
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
} from '@tanstack/react-router'
import { lazy, type ReactNode } from 'react'
import { ExperimentsPage } from './experiments/ExperimentsPage'
import type { AccessSearch } from './access/AccessPage'
import type { ReportSearch } from './reports/ReportPage'
import { ExperimentPage } from './runs/ExperimentPage'
import type { RunsSearch } from './runs/view'
import { Layout, NotFound } from './shell/Layout'
import { PageError } from './shell/PageError'

/**
 * A page whose code is loaded when it is first opened, or pointed at. If that fails, the error component of the router is shown: to reload the
 * page by itself would lose what it shows while the server is away.
 */
function lazyPage(load: () => Promise<() => ReactNode>): RouteComponent {
  const component = lazy(() => load().then((page) => ({ default: page })))
  return Object.assign(component, { preload: () => load().then(() => undefined) })
}

/**
 * The pages and their addresses. Addresses are in the fragment and equal those of MLflow's UI where it has the page, so that the links
 * that MLflow's clients print work here, with any path prefix or proxy.
 */
const root = createRootRoute({ component: Layout, notFoundComponent: NotFound })

const home = createRoute({ getParentRoute: () => root, path: '/', component: ExperimentsPage })
const experimentsList = createRoute({ getParentRoute: () => root, path: '/experiments', component: ExperimentsPage })

const experimentRoute = createRoute({
  getParentRoute: () => root,
  path: '/experiments/$experimentId',
  component: ExperimentPage,
  validateSearch: (search: Record<string, unknown>) => search as RunsSearch,
})
/** The address that MLflow's clients print since 3.0. */
const experimentRuns = createRoute({
  getParentRoute: () => root,
  path: '/experiments/$experimentId/runs',
  component: ExperimentPage,
  validateSearch: (search: Record<string, unknown>) => search as RunsSearch,
})

const runRoute = createRoute({
  getParentRoute: () => root,
  path: '/experiments/$experimentId/runs/$runId',
  component: lazyPage(() => import('./run/RunPage').then((module) => module.RunPage)),
  validateSearch: (search: Record<string, unknown>) => search as { tab?: string; path?: string },
})

const compareRoute = createRoute({
  getParentRoute: () => root,
  path: '/compare',
  component: lazyPage(() => import('./compare/ComparePage').then((module) => module.ComparePage)),
  validateSearch: (search: Record<string, unknown>) =>
    search as { runs?: string[]; experiment?: string | number; same?: boolean; tab?: string },
})

const modelsRoute = createRoute({
  getParentRoute: () => root,
  path: '/models',
  component: lazyPage(() => import('./models/ModelsPage').then((module) => module.ModelsPage)),
})
const modelRoute = createRoute({
  getParentRoute: () => root,
  path: '/models/$name',
  component: lazyPage(() => import('./models/ModelPage').then((module) => module.ModelPage)),
  validateSearch: (search: Record<string, unknown>) => search as { compare?: string[]; tab?: 'permissions' },
})
const versionRoute = createRoute({
  getParentRoute: () => root,
  path: '/models/$name/versions/$version',
  component: lazyPage(() => import('./models/VersionPage').then((module) => module.VersionPage)),
})

const reportsRoute = createRoute({
  getParentRoute: () => root,
  path: '/reports',
  component: lazyPage(() => import('./reports/ReportsPage').then((module) => module.ReportsPage)),
})
const reportRoute = createRoute({
  getParentRoute: () => root,
  path: '/reports/$reportId',
  component: lazyPage(() => import('./reports/ReportPage').then((module) => module.ReportPage)),
  validateSearch: (search: Record<string, unknown>) => search as ReportSearch,
})

const governanceRoute = createRoute({
  getParentRoute: () => root,
  path: '/governance',
  component: lazyPage(() => import('./governance/GovernancePage').then((module) => module.GovernancePage)),
  validateSearch: (search: Record<string, unknown>) => search as { tab?: string },
})

const accessRoute = createRoute({
  getParentRoute: () => root,
  path: '/access',
  component: lazyPage(() => import('./access/AccessPage').then((module) => module.AccessPage)),
  validateSearch: (search: Record<string, unknown>) => search as AccessSearch,
})
const accountRoute = createRoute({
  getParentRoute: () => root,
  path: '/account',
  component: lazyPage(() => import('./account/AccountPage').then((module) => module.AccountPage)),
})

const importRoute = createRoute({
  getParentRoute: () => root,
  path: '/import',
  component: lazyPage(() => import('./imports/ImportPage').then((module) => module.ImportPage)),
})

const routeTree = root.addChildren([
  home,
  experimentsList,
  experimentRoute,
  experimentRuns,
  runRoute,
  compareRoute,
  modelsRoute,
  modelRoute,
  versionRoute,
  reportsRoute,
  reportRoute,
  governanceRoute,
  accessRoute,
  accountRoute,
  importRoute,
])

export const router = createRouter({
  routeTree,
  history: createHashHistory(),
  defaultPreload: 'intent',
  defaultPendingMs: 200,
  defaultErrorComponent: PageError,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
