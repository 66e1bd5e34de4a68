--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: status; Type: TYPE; Schema: public; Owner: -
--

CREATE TYPE public.status AS ENUM (
    'new',
    'paid',
    'sent'
);

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: customers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.customers (
    customer_id integer NOT NULL,
    first_name character varying(20) NOT NULL,
    last_name character varying(30) NOT NULL,
    email character varying(60) NOT NULL,
    phone character varying(20),
    birth_date date,
    city character varying(15),
    country character(2) NOT NULL,
    referred_by integer,
    notes text
);

--
-- Name: customers_customer_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.customers_customer_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: customers_customer_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.customers_customer_id_seq OWNED BY public.customers.customer_id;

--
-- Name: orders; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.orders (
    order_id integer NOT NULL,
    customer_id integer NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    amount numeric(10,2) NOT NULL,
    status public.status NOT NULL,
    ship_name character varying(52),
    CONSTRAINT orders_amount_check CHECK ((amount > (0)::numeric))
);

--
-- Name: open_orders; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.open_orders AS
 SELECT o.order_id,
    c.email
   FROM (public.orders o
     JOIN public.customers c USING (customer_id))
  WHERE (o.status <> 'sent'::public.status);

--
-- Name: orders_order_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.orders_order_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: orders_order_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.orders_order_id_seq OWNED BY public.orders.order_id;

--
-- Name: customers customer_id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.customers ALTER COLUMN customer_id SET DEFAULT nextval('public.customers_customer_id_seq'::regclass);

--
-- Name: orders order_id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.orders ALTER COLUMN order_id SET DEFAULT nextval('public.orders_order_id_seq'::regclass);

--
-- Data for Name: customers; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.customers (customer_id, first_name, last_name, email, phone, birth_date, city, country, referred_by, notes) FROM stdin;
4107	Anna	Lindqvist	anna.lindqvist@example.com	+49 30 23125001	1984-03-09	Berlin	DE	\N	Calls back on Mondays; prefers anna.lindqvist@example.com
4114	Bruno	Keller	bruno.keller@example.org	+49 89 99998002	1979-11-30	München	DE	4107	\N
4121	Chloé	Marchand	chloe.marchand@example.net	+33 1 99001003	1990-07-21	Lyon	FR	4107	
4128	Diego	Santoro	diego.santoro@example.com	\N	1968-01-15	Torino	IT	4114	Two sites
4135	Emma	Vogel	emma.vogel@example.org	+49 40 66969005	1995-12-02	Hamburg	DE	\N	\N
4142	Farid	Haddad	farid.haddad@example.net	+33 4 65710006	1988-05-27	Nice	FR	4135	\N
4149	Greta	Olsen	greta.olsen@example.com	\N	1973-09-14	Aarhus	DK	\N	VAT number asked
4156	Hugo	Lindqvist	hugo.lindqvist@example.com	+49 30 23125008	2001-02-18	Berlin	DE	4107	\N
\.

--
-- Data for Name: orders; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.orders (order_id, customer_id, placed_at, amount, status, ship_name) FROM stdin;
70001	4142	2026-01-06 15:00:00+00	20.30	paid	Farid Haddad
70002	4121	2026-01-07 22:00:00+00	37.60	sent	Chloé Marchand
70003	4156	2026-01-09 05:00:00+00	54.90	new	Hugo Lindqvist
70004	4135	2026-01-10 12:00:00+00	72.20	paid	Emma Vogel
70005	4114	2026-01-11 19:00:00+00	89.50	sent	Bruno Keller
70006	4149	2026-01-13 02:00:00+00	106.80	new	Greta Olsen
70007	4128	2026-01-14 09:00:00+00	124.10	paid	Diego Santoro
70008	4107	2026-01-15 16:00:00+00	141.40	sent	Anna Lindqvist
70009	4142	2026-01-16 23:00:00+00	158.70	new	Farid Haddad
70010	4121	2026-01-18 06:00:00+00	176.00	paid	Chloé Marchand
70011	4156	2026-01-19 13:00:00+00	193.30	sent	Hugo Lindqvist
70012	4135	2026-01-20 20:00:00+00	210.60	new	Emma Vogel
70013	4114	2026-01-22 03:00:00+00	227.90	paid	Bruno Keller
70014	4149	2026-01-23 10:00:00+00	245.20	sent	Greta Olsen
70015	4128	2026-01-24 17:00:00+00	262.50	new	Diego Santoro
70016	4107	2026-01-26 00:00:00+00	279.80	paid	Anna Lindqvist
70017	4142	2026-01-27 07:00:00+00	297.10	sent	Farid Haddad
70018	4121	2026-01-28 14:00:00+00	314.40	new	Chloé Marchand
70019	4156	2026-01-29 21:00:00+00	331.70	paid	Hugo Lindqvist
70020	4135	2026-01-31 04:00:00+00	349.00	sent	Emma Vogel
\.

--
-- Name: customers_customer_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.customers_customer_id_seq', 4156, true);

--
-- Name: orders_order_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.orders_order_id_seq', 70020, true);

--
-- Name: customers customers_email_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_email_key UNIQUE (email);

--
-- Name: customers customers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_pkey PRIMARY KEY (customer_id);

--
-- Name: orders orders_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_pkey PRIMARY KEY (order_id);

--
-- Name: customers customers_referred_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.customers
    ADD CONSTRAINT customers_referred_by_fkey FOREIGN KEY (referred_by) REFERENCES public.customers(customer_id);

--
-- Name: orders orders_customer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customers(customer_id);

--
-- PostgreSQL database dump complete
--

