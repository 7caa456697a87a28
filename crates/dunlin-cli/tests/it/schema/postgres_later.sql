-- Later on.
SET client_encoding = 'UTF8';


CREATE TYPE public.mood AS ENUM ('sad', 'ok');
CREATE SCHEMA audit;

CREATE FUNCTION public.half(a integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN a / 2;
END;
$$;

CREATE TABLE public.customer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name varchar(90) NOT NULL UNIQUE,
    mood public.mood DEFAULT 'ok' NOT NULL,
    tags text[],
    email text,
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
CREATE TABLE audit.entry (id bigint PRIMARY KEY);
CREATE TABLE note (id int PRIMARY KEY);
CREATE TABLE public.alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY);
