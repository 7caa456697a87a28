-- What pg_dump begins with.
\restrict q8cnVkcGjzpMcuUUoaIitp7I
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);

CREATE TYPE public.mood AS ENUM ('sad', 'ok');
CREATE SCHEMA audit;

CREATE FUNCTION public.half(a integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN a / 2;
END;
$$;

CREATE TABLE public.customer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name varchar(80) NOT NULL UNIQUE,
    mood public.mood DEFAULT 'ok' NOT NULL,
    tags text[],
    born date CHECK (born > '1900-01-01')
);

CREATE TABLE public.invoice (
    id serial PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES public.customer ON DELETE CASCADE,
    total numeric(12, 2) DEFAULT 0 NOT NULL,
    doubled numeric GENERATED ALWAYS AS (total * 2) STORED,
    made timestamptz DEFAULT now(),
    CONSTRAINT total_is_positive CHECK (total >= 0)
);

CREATE INDEX invoice_customer ON public.invoice (customer_id, made DESC) WHERE total > 0;
CREATE INDEX customer_lower ON public.customer (lower(name));
CREATE TABLE audit.log (id bigint PRIMARY KEY, what text NOT NULL);
CREATE VIEW public.moods AS SELECT name, mood FROM public.customer;
CREATE TABLE public.alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY);

\unrestrict q8cnVkcGjzpMcuUUoaIitp7I
