/**
 * Tenants: data of several owners behind one server. A tenant is a data folder of its own with an engine of its own,
 * which has its own database file, writer thread, interest tree and models. Nothing is shared, so nothing can be seen
 * from the other side, and backup, erasure and removal of a tenant are those of a folder.
 *
 *   <dataDir>/                 the default tenant
 *   <dataDir>/tenants/<name>/  every other one
 *
 * An engine is opened when the first request comes for it. At most `limits.openTenants` are open at a time: for one more,
 * the one that was idle longest is closed, and only engines that nobody is using and that train nothing are ever closed.
 */
import { join } from "node:path";
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from "fastify";
import { assert, PenchantError } from "../base/errors.ts";
import { limits } from "../core/limits.ts";
import type { Engine } from "../engine.ts";

/** The tenant of a server without keys, and of keys that name none. */
export const defaultTenant = "default";

/** Lower-case letters, digits and hyphens: the same folder on every file system. */
export const tenantPattern = /^[a-z0-9][a-z0-9-]{0,62}$/;

export interface TenantsOptions {
  /** The default tenant's data folder. */
  readonly dataDir: string;
  /** Opens the engine of a tenant on its folder. */
  readonly open: (dataDir: string) => Promise<Engine>;
  /** Told of an engine that could not be closed well; what it had accepted is in its log. */
  readonly onCloseError: (error: unknown) => void;
  /** Default: `limits.openTenants`. */
  readonly openMax?: number;
}

/** The right to use an engine; it stays open until the lease is given back. */
export interface Lease {
  readonly engine: Engine;
  release(): void;
}

interface Tenant {
  readonly engine: Promise<Engine>;
  /** The same once it is open. */
  opened?: Engine;
  leases: number;
}

/** The engines of all tenants but the default one, whose engine is open as long as the server is. */
export class Tenants {
  readonly #options: TenantsOptions;
  readonly #openMax: number;
  /** Least recently used first; opening ones included. */
  readonly #open = new Map<string, Tenant>();
  readonly #leaving = new Map<string, Promise<void>>();
  #closed = false;

  constructor(options: TenantsOptions) {
    this.#options = options;
    this.#openMax = options.openMax ?? limits.openTenants;
  }

  /**
   * @throws PENCHANT_E_TENANTS_BUSY when as many others as may be open are in use; what `open` throws
   */
  async lease(name: string): Promise<Lease> {
    const tenant = this.#open.get(name) ?? this.#start(name);
    this.#open.delete(name);
    this.#open.set(name, tenant);
    tenant.leases += 1;
    let isReleased = false;
    const release = () => {
      if (!isReleased) tenant.leases -= 1;
      isReleased = true;
    };
    try {
      tenant.opened = await tenant.engine;
      return { engine: tenant.opened, release };
    } catch (error) {
      // The next request tries again.
      if (this.#open.get(name) === tenant) this.#open.delete(name);
      throw error;
    }
  }

  /** The engines that are open now, by tenant. */
  get opened(): (readonly [name: string, engine: Engine])[] {
    return [...this.#open].flatMap(([name, { opened }]) => (opened === undefined ? [] : [[name, opened] as const]));
  }

  /** Closes all engines. For when no request is in flight any more. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const [name, tenant] of this.#open) this.#close(name, tenant);
    await Promise.all(this.#leaving.values());
  }

  #start(name: string): Tenant {
    if (this.#closed) throw new PenchantError("PENCHANT_E_CLOSED", "The server is closing.");
    assert(tenantPattern.test(name) && name !== defaultTenant, `"${name}" is the name of a tenant's folder`);
    if (this.#open.size >= this.#openMax) this.#closeIdlest();
    // Whoever is leaving has this one's place, or its very folder.
    const place = Promise.all(this.#leaving.values());
    const { dataDir, open } = this.#options;
    return { engine: place.then(() => open(join(dataDir, "tenants", name))), leases: 0 };
  }

  #closeIdlest(): void {
    const isIdle = ({ leases, opened }: Tenant) => leases === 0 && !opened?.models.jobs().some(isUnderWay);
    const idlest = this.#open.entries().find(([, tenant]) => isIdle(tenant));
    if (idlest !== undefined) {
      this.#close(...idlest);
      return;
    }
    throw new PenchantError(
      "PENCHANT_E_TENANTS_BUSY",
      `Expected one of at most ${this.#openMax} open tenants to be idle (limits.openTenants), and all are in use; try again in a moment.`,
      { details: { retryAfterSeconds: 1 } },
    );
  }

  #close(name: string, tenant: Tenant): void {
    this.#open.delete(name);
    const left = tenant.engine
      .then((engine) => engine.close())
      .catch(this.#options.onCloseError)
      .finally(() => this.#leaving.delete(name));
    this.#leaving.set(name, left);
  }
}

const isUnderWay = ({ state }: { state: string }) => state === "running";

/**
 * A route's handler that finds its tenant's engine as `request.engine`, held open until the handler has answered.
 *
 * @param engine the default tenant's
 */
export function withEngineOf(
  engine: Engine,
  tenants: Tenants | undefined,
  handler: RouteHandlerMethod,
): RouteHandlerMethod {
  return function (request: FastifyRequest, reply: FastifyReply) {
    const { tenant } = request;
    if (tenant === defaultTenant) {
      request.engine = engine;
      return handler.call(this, request, reply);
    }
    return (async () => {
      assert(tenants !== undefined, "a request has a tenant only where there are tenants");
      const lease = await tenants.lease(tenant);
      request.engine = lease.engine;
      try {
        return await handler.call(this, request, reply);
      } finally {
        lease.release();
      }
    })();
  };
}

declare module "fastify" {
  interface FastifyRequest {
    /** Whose data the request is about: that of its key. */
    tenant: string;
    /** The tenant's engine; there once the route's handler runs. */
    engine: Engine;
  }
}
