;; What a recommendation does to whole catalogues of scores, four 32-bit floats at a time. `workspace.ts` says what each one
;; computes. Addresses and lengths are bytes, lengths multiples of 256: 64 scores are a block.
;; `kernels-bytes.ts` holds this text assembled: `wat2wasm kernels.wat --output=- | base64`.
(module
  (import "scores" "memory" (memory 1))

  (func (export "weigh")
    (param $near i32) (param $prominence i32) (param $lift i32) (param $out i32) (param $bytes i32)
    (local $at i32) (local $zero v128)
    (loop $along
      (v128.store (i32.add (local.get $out) (local.get $at))
        (f32x4.mul
          (f32x4.mul
            (f32x4.max (local.get $zero) (v128.load (i32.add (local.get $near) (local.get $at))))
            (v128.load (i32.add (local.get $prominence) (local.get $at))))
          (f32x4.sqrt (v128.load (i32.add (local.get $lift) (local.get $at))))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $along (i32.lt_u (local.get $at) (local.get $bytes)))))

  (func (export "setScaled") (param $to i32) (param $from i32) (param $bytes i32) (param $scale f32)
    (local $at i32) (local $factor v128)
    (local.set $factor (f32x4.splat (local.get $scale)))
    (loop $along
      (v128.store (i32.add (local.get $to) (local.get $at))
        (f32x4.mul (local.get $factor) (v128.load (i32.add (local.get $from) (local.get $at)))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $along (i32.lt_u (local.get $at) (local.get $bytes)))))

  (func (export "addScaled") (param $to i32) (param $from i32) (param $bytes i32) (param $scale f32)
    (local $at i32) (local $next i32) (local $factor v128)
    (local.set $factor (f32x4.splat (local.get $scale)))
    (loop $along
      (local.set $next (i32.add (local.get $to) (local.get $at)))
      (v128.store (local.get $next) (f32x4.add (v128.load (local.get $next))
        (f32x4.mul (local.get $factor) (v128.load (i32.add (local.get $from) (local.get $at))))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $along (i32.lt_u (local.get $at) (local.get $bytes)))))

  (func (export "blockMaxima") (param $from i32) (param $out i32) (param $bytes i32)
    (local $end i32) (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $within i32)
    (local.set $end (i32.add (local.get $from) (local.get $bytes)))
    (loop $blocks
      (local.set $a (v128.load (local.get $from)))
      (local.set $b (v128.load offset=16 (local.get $from)))
      (local.set $c (v128.load offset=32 (local.get $from)))
      (local.set $d (v128.load offset=48 (local.get $from)))
      (local.set $within (i32.const 3))
      (loop $along
        (local.set $from (i32.add (local.get $from) (i32.const 64)))
        (local.set $a (f32x4.max (local.get $a) (v128.load (local.get $from))))
        (local.set $b (f32x4.max (local.get $b) (v128.load offset=16 (local.get $from))))
        (local.set $c (f32x4.max (local.get $c) (v128.load offset=32 (local.get $from))))
        (local.set $d (f32x4.max (local.get $d) (v128.load offset=48 (local.get $from))))
        (local.set $within (i32.sub (local.get $within) (i32.const 1)))
        (br_if $along (local.get $within)))
      (local.set $a (f32x4.max (f32x4.max (local.get $a) (local.get $b)) (f32x4.max (local.get $c) (local.get $d))))
      (f32.store (local.get $out) (f32.max
        (f32.max (f32x4.extract_lane 0 (local.get $a)) (f32x4.extract_lane 1 (local.get $a)))
        (f32.max (f32x4.extract_lane 2 (local.get $a)) (f32x4.extract_lane 3 (local.get $a)))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (local.set $from (i32.add (local.get $from) (i32.const 64)))
      (br_if $blocks (i32.lt_u (local.get $from) (local.get $end))))))
