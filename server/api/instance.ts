import Type from 'typebox'
import type { ServerConfig } from '../config/index.ts'
import { defineRoute, json, noBody, openApiDocument, type Route } from '../http/index.ts'

export interface InstanceRoutesOptions {
  readonly config: ServerConfig
  readonly instanceId: string
  readonly version: string
  /** All routes, these included: what the OpenAPI document tells of. */
  listRoutes(): readonly Route[]
}

const TAG = 'Instance'
const NONE = Type.Object({})

/** What a client asks about the server itself. */
export function instanceRoutes({
  config,
  instanceId,
  version,
  listRoutes,
}: InstanceRoutesOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/configs',
      tag: TAG,
      operationId: 'getConfiguration',
      summary: 'What a client needs to know about this instance. Holds no secret.',
      role: 'viewer',
      query: NONE,
      body: noBody,
      handle: ({ baseUrl }) =>
        json({
          uuid: instanceId,
          version,
          edition: 'OSS',
          environment: config.environment,
          url: baseUrl,
          isTaskRunEnabled: true,
          isAnonymousUsageEnabled: false,
          isUiAnonymousUsageEnabled: false,
          isTemplateEnabled: false,
          isAiEnabled: false,
          isBasicAuthInitialized: true,
          systemNamespace: 'system',
          pluginManagement: {
            enabled: config.plugins.management.enabled,
            customPluginsEnabled: config.plugins.management.customPluginsEnabled,
            defaultVersion: config.plugins.management.defaultVersion,
          },
          registry: { enabled: config.registry.enabled, url: `${baseUrl}/registry/` },
        }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/me',
      tag: TAG,
      operationId: 'getCurrentUser',
      summary: 'Who is signed in.',
      role: 'viewer',
      query: NONE,
      body: noBody,
      handle: ({ principal }) =>
        json({
          id: principal.userId,
          username: principal.username,
          role: principal.role,
          superAdmin: principal.role === 'admin',
          tenants: [{ id: principal.tenant }],
        }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/openapi.json',
      tag: TAG,
      operationId: 'getOpenApi',
      summary: 'This document.',
      role: 'open',
      query: NONE,
      body: noBody,
      handle: () => json(openApiDocument(listRoutes(), version)),
    }),
  ]
}
