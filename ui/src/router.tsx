import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { ExperimentsPage } from './experiments/ExperimentsPage'
import type { AccessSearch } from './access/AccessPage'
import type { ReportSearch } from './reports/ReportPage'
import { ExperimentPage } from './runs/ExperimentPage'
import type { RunsSearch } from './runs/view'
import { Layout, NotFound } from './shell/Layout'

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
  component: lazyRouteComponent(() => import('./run/RunPage'), 'RunPage'),
  validateSearch: (search: Record<string, unknown>) => search as { tab?: string; path?: string },
})

const compareRoute = createRoute({
  getParentRoute: () => root,
  path: '/compare',
  component: lazyRouteComponent(() => import('./compare/ComparePage'), 'ComparePage'),
  validateSearch: (search: Record<string, unknown>) =>
    search as { runs?: string[]; experiment?: string | number; same?: boolean; tab?: string },
})

const modelsRoute = createRoute({
  getParentRoute: () => root,
  path: '/models',
  component: lazyRouteComponent(() => import('./models/ModelsPage'), 'ModelsPage'),
})
const modelRoute = createRoute({
  getParentRoute: () => root,
  path: '/models/$name',
  component: lazyRouteComponent(() => import('./models/ModelPage'), 'ModelPage'),
  validateSearch: (search: Record<string, unknown>) => search as { compare?: string[]; tab?: 'permissions' },
})
const versionRoute = createRoute({
  getParentRoute: () => root,
  path: '/models/$name/versions/$version',
  component: lazyRouteComponent(() => import('./models/VersionPage'), 'VersionPage'),
})

const reportsRoute = createRoute({
  getParentRoute: () => root,
  path: '/reports',
  component: lazyRouteComponent(() => import('./reports/ReportsPage'), 'ReportsPage'),
})
const reportRoute = createRoute({
  getParentRoute: () => root,
  path: '/reports/$reportId',
  component: lazyRouteComponent(() => import('./reports/ReportPage'), 'ReportPage'),
  validateSearch: (search: Record<string, unknown>) => search as ReportSearch,
})

const governanceRoute = createRoute({
  getParentRoute: () => root,
  path: '/governance',
  component: lazyRouteComponent(() => import('./governance/GovernancePage'), 'GovernancePage'),
  validateSearch: (search: Record<string, unknown>) => search as { tab?: string },
})

const accessRoute = createRoute({
  getParentRoute: () => root,
  path: '/access',
  component: lazyRouteComponent(() => import('./access/AccessPage'), 'AccessPage'),
  validateSearch: (search: Record<string, unknown>) => search as AccessSearch,
})
const accountRoute = createRoute({
  getParentRoute: () => root,
  path: '/account',
  component: lazyRouteComponent(() => import('./account/AccountPage'), 'AccountPage'),
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
])

export const router = createRouter({
  routeTree,
  history: createHashHistory(),
  defaultPreload: 'intent',
  defaultPendingMs: 200,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
