import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ApiError } from './api/client'
import { router } from './router'
import { SettingsProvider } from './shell/settings'
import './shell/styles.css'
import { ToastProvider } from './shell/toasts'

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 3_000,
      refetchOnWindowFocus: true,
      // Whether the server answers is tried, not guessed from the network of the browser.
      networkMode: 'always',
      // A request that the server has refused is not repeated. Network and server errors may be temporary.
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status < 500),
    },
  },
})

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <SettingsProvider>
      <QueryClientProvider client={client}>
        <ToastProvider>
          <RouterProvider router={router} />
        </ToastProvider>
      </QueryClientProvider>
    </SettingsProvider>
  </StrictMode>,
)
